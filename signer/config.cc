#include "signer/config.h"

#include <charconv>
#include <cstdint>
#include <system_error>

#include "tuf/base/config.h"
#include "tuf/base/error.h"

namespace sello::signer {
namespace {

void require(const std::string& where, const std::string& got, const std::string& wanted) {
    if (got != wanted)
        throw Error(Fault::BadConfiguration, concat(where, ": want \"", wanted, "\", got \"", got, "\""));
}

/// gRPC takes a port past 65535 modulo 65536, and 443 for none.
std::string listening_address(ConfigObject& from, const std::string& name) {
    std::string address = from.string(name);
    const char* end = address.data() + address.size();
    const auto colon = address.rfind(':');
    std::uint16_t port = 0;
    if (colon != std::string::npos)
        if (const auto [rest, error] = std::from_chars(address.data() + colon + 1, end, port);
            error == std::errc() && rest == end)
            return address;
    throw Error(Fault::BadConfiguration,
                concat(from.where(name), ": want host:port with a port of 0..65535, got \"", address, "\""));
}

Config::Server read_server(ConfigObject& from) {
    Config::Server server;
    server.address = listening_address(from, "grpc_addr");
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
    // A call must be given up before it counts as hanging, else the process leaves while its callers still wait.
    if (vault.time_limit >= vault.signer.hang_limit)
        throw Error(Fault::BadConfiguration,
                    concat(from.where("time_limit_seconds"), ": want less than ", from.where("hang_limit_seconds"),
                           " (", vault.signer.hang_limit / std::chrono::seconds(1), "), got ",
                           vault.time_limit / std::chrono::seconds(1)));
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
