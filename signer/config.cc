#include "signer/config.h"

#include "tuf/base/config.h"
#include "tuf/base/error.h"

namespace sello::signer {
namespace {

void require(const std::string& where, const std::string& got, const std::string& wanted) {
    if (got != wanted)
        throw Error(Fault::BadConfiguration, concat(where, ": want \"", wanted, "\", got \"", got, "\""));
}

Config::Server read_server(ConfigObject& from) {
    Config::Server server;
    server.address = from.string("grpc_addr");
    server.certificate = from.path("tls_cert_file");
    server.key = from.path("tls_key_file");
    server.client_ca = from.path("client_ca_file");
    return server;
}

Config::Vault read_vault(ConfigObject& from) {
    require(from.where("type"), from.string_or("type", "token"), "token");
    Config::Vault vault;
    vault.module = from.string_or("module", "/usr/lib/softhsm/libsofthsm2.so");
    vault.module_args = from.string_or("module_args", "");
    vault.label = from.string("token_label");
    vault.serial = from.string_or("token_serial", "");
    vault.pin_file = from.path("pin_file");
    vault.signer.sessions = static_cast<std::size_t>(from.integer_or("sessions", 2, 1, 1024));
    vault.signer.cached_keys = static_cast<std::size_t>(from.integer_or("cached_keys", 10000, 1, 10'000'000));
    vault.signer.most_waiting = static_cast<std::size_t>(from.integer_or("most_waiting", 1024, 1, 1'000'000));
    vault.signer.hang_limit = std::chrono::seconds(from.integer_or("hang_limit_seconds", 30, 1, 3600));
    vault.time_limit = std::chrono::seconds(from.integer_or("time_limit_seconds", 10, 1, 3600));
    return vault;
}

}  // namespace

Config Config::from_file(const std::string& path) {
    ConfigObject file = ConfigObject::from_file(path);
    Config config;
    config.server = read_server(file.object("server"));
    config.log_level = log::parse_level(file.object("logging").string_or("level", "info"));
    ConfigObject& storage = file.object("storage");
    require(storage.where("backend"), storage.string_or("backend", "sqlite"), "sqlite");
    config.database = storage.path("db_url");
    config.vault = read_vault(file.object("vault"));
    file.finish();
    return config;
}

}  // namespace sello::signer
