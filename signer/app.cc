#include "signer/app.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <fstream>
#include <sstream>

#include "hsm/token_setup.h"
#include "signer/hsm_vault.h"
#include "signer/key_service.h"
#include "tuf/base/error.h"

namespace sello::signer {
namespace {

constexpr std::chrono::seconds kDrainTime{5};
constexpr int kMostMessageBytes = 4 * 1024 * 1024;  // Notary's bound
constexpr int kMostThreads = 256;

/// The names under which Notary's server asks for health.
constexpr const char* kHealthNames[] = {"", "grpc.health.v1.Health.KeyManagement", "grpc.health.v1.Health.Signer"};

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file || content.str().empty()) throw Error(Fault::BadConfiguration, concat("file ", path, ": cannot be read"));
    return content.str();
}

/// Mutual TLS: only clients whose certificate comes from `client_ca` get as far as a request.
std::shared_ptr<grpc::ServerCredentials> credentials(const Config::Server& server) {
    grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = read_file(server.client_ca);
    options.pem_key_cert_pairs.push_back({read_file(server.key), read_file(server.certificate)});
    return grpc::SslServerCredentials(options);
}

hsm::Token::Settings token_settings(const Config::Vault& vault) {
    return {vault.label, vault.serial, vault.pin_file, vault.signer.hang_limit};
}

std::string with_port(const std::string& address, int port) {
    return concat(address.substr(0, address.rfind(':')), ":", port);
}

}  // namespace

struct App::Parts {
    explicit Parts(const Config& config)
        : index(config.database, clock),
          module(config.vault.module, config.vault.module_args),
          token(module, token_settings(config.vault)),
          signer(token, config.vault.signer),
          vault(signer, index, clock,
                {.token_serial = token.serial(),
                 .known_keys = config.vault.signer.cached_keys,
                 .time_limit = config.vault.time_limit}),
          service(vault, config.vault.time_limit) {
        int port = 0;
        grpc::EnableDefaultHealthCheckService(true);
        grpc::ServerBuilder builder;
        builder.AddListeningPort(config.server.address, credentials(config.server), &port);
        builder.SetMaxReceiveMessageSize(kMostMessageBytes);
        builder.SetResourceQuota(grpc::ResourceQuota("signer").SetMaxThreads(kMostThreads));
        builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
        for (grpc::Service* part : service.services()) builder.RegisterService(part);
        server = builder.BuildAndStart();
        if (!server || port == 0)
            throw Error(Fault::BadConfiguration, concat("server.grpc_addr: cannot listen on ", config.server.address,
                                                        ", or the certificate and key do not fit"));
        address = with_port(config.server.address, port);
        log::info("listening", {{"address", config.server.address}, {"port", port}});
    }

    SystemClock clock;
    KeyIndex index;
    hsm::Module module;
    hsm::Token token;
    hsm::Signer signer;
    HsmVault vault;
    KeyService service;
    std::unique_ptr<grpc::Server> server;
    std::string address;
};

App::App(const Config& config) : parts_(std::make_unique<Parts>(config)) { (void)check(); }

App::~App() { stop(); }

const std::string& App::address() const { return parts_->address; }

bool App::check() {
    parts_->service.give_up_on_late_calls();
    const bool ready = parts_->vault.is_ready();
    for (const char* name : kHealthNames) parts_->server->GetHealthCheckService()->SetServingStatus(name, ready);
    return !parts_->signer.is_stuck();
}

void App::stop() {
    if (!parts_->server) return;
    parts_->server->Shutdown(std::chrono::system_clock::now() + kDrainTime);
    parts_->server->Wait();
    parts_->server.reset();
}

void init_token(const Config& config, const std::string& so_pin_file) {
    hsm::Module module(config.vault.module, config.vault.module_args);
    const hsm::TokenSetup done =
        hsm::set_up_token(module, {.label = config.vault.label,
                                   .serial = config.vault.serial,
                                   .so_pin_file = so_pin_file,
                                   .pin_file = config.vault.pin_file});
    log::info("token ready", {{"label", config.vault.label},
                              {"serial", done.serial},
                              {"token_initialised", done.token_initialised},
                              {"wrapping_key_created", done.kek_created}});
}

}  // namespace sello::signer
