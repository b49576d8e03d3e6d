#include "signer/app.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <string_view>

#include "hsm/token_setup.h"
#include "signer/hsm_vault.h"
#include "signer/key_service.h"
#include "tuf/base/error.h"
#include "tuf/base/file.h"

namespace sello::signer {
namespace {

constexpr std::chrono::seconds kDrainTime{5};
constexpr std::chrono::milliseconds kStopPoll{100};
constexpr int kIdlePolls = 2;
constexpr int kMostMessageBytes = 4 * 1024 * 1024;  // Notary's bound
constexpr int kMostThreads = 256;

/// The names under which Notary's server asks for health.
constexpr const char* kHealthNames[] = {"", "grpc.health.v1.Health.KeyManagement", "grpc.health.v1.Health.Signer"};

/// Mutual TLS: only clients whose certificate comes from `client_ca` get as far as a request.
std::shared_ptr<grpc::ServerCredentials> credentials(const Config::Server& server) {
    grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = read_configured_file("server.client_ca_file", server.client_ca);
    options.pem_key_cert_pairs.push_back({read_configured_file("server.tls_key_file", server.key),
                                          read_configured_file("server.tls_cert_file", server.certificate)});
    return grpc::SslServerCredentials(options);
}

hsm::Token::Settings token_settings(const Config::Vault& vault) {
    return {vault.label, vault.serial, vault.pin_file, vault.signer.hang_limit};
}

/// gRPC's own words, for those who debug it; what it says before it aborts, for all.
void log_of_grpc(gpr_log_func_args* said) {
    const std::string_view message = said->message;
    const bool is_fatal = message.starts_with("assertion failed");
    log::write(is_fatal ? log::Level::Error : log::Level::Debug, "grpc",
               {{"message", message}, {"file", said->file}, {"line", said->line}});
}

/// The first reason why nothing can listen there, in the system's words; empty if something can. gRPC tells its log
/// alone.
std::string obstacle_to_listening(const std::string& address) {
    const auto colon = address.rfind(':');
    std::string host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    addrinfo wanted{};
    wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* resolved = nullptr;
    const int failure =
        ::getaddrinfo(host.empty() ? nullptr : host.c_str(), address.c_str() + colon + 1, &wanted, &resolved);
    if (failure != 0) return ::gai_strerror(failure);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(resolved, &::freeaddrinfo);

    const int probe = ::socket(resolved->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    std::string reason;
    if (probe < 0 || ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(probe, resolved->ai_addr, resolved->ai_addrlen) != 0 || ::listen(probe, 1) != 0)
        reason = std::strerror(errno);
    if (probe >= 0) ::close(probe);
    return reason;
}

[[noreturn]] void cannot_listen(const std::string& address) {
    const std::string reason = obstacle_to_listening(address);
    throw Error(Fault::BadConfiguration,
                concat("server.grpc_addr: cannot listen on ", address, ": ",
                       reason.empty() ? "the certificate and the key do not fit, or cannot be used" : reason));
}

/// `:4444` is every address of the machine, as in Go; gRPC wants that spelled out.
std::string with_host(const std::string& address) { return address.starts_with(':') ? "[::]" + address : address; }

std::string with_port(const std::string& address, int port) {
    return concat(address.substr(0, address.rfind(':')), ":", port);
}

}  // namespace

struct App::Parts {
    explicit Parts(const Config& config)
        : time_limit(config.vault.time_limit),
          index(config.database, clock),
          module(config.vault.module, config.vault.module_args),
          token(module, token_settings(config.vault)),
          signer(token, config.vault.signer),
          vault(signer, index, clock,
                {.token_serial = token.serial(),
                 .known_keys = config.vault.signer.cached_keys,
                 .time_limit = config.vault.time_limit}),
          service(vault, config.vault.time_limit) {
        gpr_set_log_function(log_of_grpc);
        int port = 0;
        grpc::EnableDefaultHealthCheckService(true);
        grpc::ServerBuilder builder;
        builder.AddListeningPort(with_host(config.server.address), credentials(config.server), &port);
        builder.SetMaxReceiveMessageSize(kMostMessageBytes);
        builder.SetResourceQuota(grpc::ResourceQuota("signer").SetMaxThreads(kMostThreads));
        builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
        for (grpc::Service* part : service.services()) builder.RegisterService(part);
        server = builder.BuildAndStart();
        if (!server || port == 0) cannot_listen(config.server.address);
        address = with_port(config.server.address, port);
        log::info("listening", {{"address", config.server.address}, {"port", port}});
    }

    std::chrono::milliseconds time_limit;
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
    using Steady = std::chrono::steady_clock;
    const Steady::time_point limit = Steady::now() + kDrainTime + parts_->time_limit;
    const auto finish = [&](auto part, const auto& meanwhile) {
        std::future<void> end = std::async(std::launch::async, part);
        while (end.wait_for(kStopPoll) != std::future_status::ready) {
            meanwhile();
            if (Steady::now() < limit) continue;
            log::set_level(log::Level::Error);
            log::error("token module hangs, leaving");
            ::_exit(kStuckExit);
        }
        end.get();
    };
    int idle_polls = 0;
    finish([this] { drain(); },
           [&] {
               parts_->service.give_up_on_late_calls();  // gRPC waits for their answers, drain time or not
               idle_polls = parts_->service.is_idle() ? idle_polls + 1 : 0;
               // What is open now are watchers of our health, and peers that do not answer. The last answers have gone.
               if (idle_polls == kIdlePolls) ::grpc_server_cancel_all_calls(parts_->server->c_server());
           });
    finish([this] { end_parts(); }, [] {});
}

void App::drain() {
    parts_->server->Shutdown(std::chrono::system_clock::now() + kDrainTime);
    parts_->server->Wait();
}

/// The threads of the signer end before what their jobs use, and after whoever gives them jobs.
void App::end_parts() {
    parts_->server.reset();
    parts_->signer.stop();
}

void init_token(const Config& config, const std::string& so_pin_file) {
    hsm::Module module(config.vault.module, config.vault.module_args);
    const hsm::TokenSetup done = hsm::set_up_token(module, {.label = config.vault.label,
                                                            .serial = config.vault.serial,
                                                            .so_pin_file = so_pin_file,
                                                            .pin_file = config.vault.pin_file});
    log::info("token ready", {{"label", config.vault.label},
                              {"serial", done.serial},
                              {"token_initialised", done.token_initialised},
                              {"wrapping_key_created", done.kek_created}});
}

}  // namespace sello::signer
