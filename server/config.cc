#include "server/config.h"

#include <algorithm>

#include "tuf/base/config.h"
#include "tuf/base/error.h"

namespace sello::server {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(Fault::BadConfiguration, message); }

void read_http(ConfigObject& server, ServerConfig& out) {
    out.http.address = server.string_or("http_addr", "");
    if (out.http.address.empty()) refuse("server.http_addr: http listen address required for server");
    const std::string certificate = server.path_or_empty("tls_cert_file");
    const std::string key = server.path_or_empty("tls_key_file");
    const std::string client_ca = server.path_or_empty("client_ca_file");
    if (certificate.empty() != key.empty() || (certificate.empty() && !client_ca.empty()))
        refuse(
            "server.tls_cert_file, server.tls_key_file: either include both a cert and key file, or no TLS "
            "information at all to disable TLS");
    if (!certificate.empty()) out.http.tls = http::TlsOptions{certificate, key, client_ca};
    out.http.io_threads = static_cast<unsigned>(server.integer_or("io_threads", out.http.io_threads, 1, 256));
    out.http.workers = static_cast<unsigned>(server.integer_or("worker_threads", out.http.workers, 1, 1024));
    // Each worker may have a connection to the database of its own, of a few files.
    out.http.reserved_files = 64 + std::size_t{8} * out.http.workers;
    out.drain_timeout = std::chrono::seconds(server.integer_or("drain_seconds", 10, 0, 3600));
}

void read_trust_service(ConfigObject& service, ServerConfig& out) {
    const std::string type = service.string_or("type", "");
    if (type == "local") return;
    if (type != "remote")
        refuse(R"(trust_service.type: must specify either a "local" or "remote" type for trust_service)");
    GrpcSigningOptions options;
    options.hostname = service.string("hostname");
    options.port = service.string("port");
    options.key_algorithm = service.string_or("key_algorithm", "");
    if (options.key_algorithm != "ecdsa" && options.key_algorithm != "ed25519" && options.key_algorithm != "rsa")
        refuse(concat("trust_service.key_algorithm: invalid key algorithm configured: ", options.key_algorithm));
    options.ca_file = service.path_or_empty("tls_ca_file");
    options.certificate_file = service.path_or_empty("tls_client_cert");
    options.key_file = service.path_or_empty("tls_client_key");
    if (options.certificate_file.empty() != options.key_file.empty())
        refuse(
            "trust_service.tls_client_cert, trust_service.tls_client_key: either pass both client key and cert, or "
            "neither");
    options.deadline = std::chrono::seconds(service.integer_or("deadline_seconds", 10, 1, 600));
    out.signer = options;
}

void read_storage(ConfigObject& storage, ServerConfig& out) {
    out.storage_backend = storage.string_or("backend", "");
    if (out.storage_backend == "memory") return;
    if (out.storage_backend != "sqlite" && out.storage_backend != "sqlite3")
        refuse(concat("storage.backend: ", out.storage_backend,
                      " is not a supported storage backend: want sqlite or memory"));
    out.storage_path = storage.path("db_url");
}

/// A GUN prefix ends in one `/`, is clean, and stays below where it starts.
void require_prefix(const std::string& prefix) {
    const bool ends_well = prefix.size() > 1 && prefix.ends_with('/') && !prefix.ends_with("//");
    try {
        if (!ends_well) refuse("");
        (void)tuf::Gun(prefix.substr(0, prefix.size() - 1));
    } catch (const Error&) {
        refuse(concat("repositories.gun_prefixes: invalid GUN prefix ", prefix));
    }
}

void read_freshness(ConfigObject& freshness, ServerConfig& out) {
    constexpr std::int64_t ten_years = 3650;
    auto& settings = out.freshness;
    settings.lifetimes.timestamp =
        std::chrono::hours(freshness.integer_or("timestamp_expiry_hours", std::int64_t{14} * 24, 1, ten_years * 24));
    settings.lifetimes.snapshot =
        std::chrono::hours(24 * freshness.integer_or("snapshot_expiry_days", 1095, 1, ten_years));
    settings.renew_at_percent_left =
        static_cast<int>(freshness.integer_or("renew_at_percent_left", settings.renew_at_percent_left, 1, 99));
    out.sweep_interval = std::chrono::seconds(freshness.integer_or("sweep_seconds", 60, 1, 86400));
}

}  // namespace

ServerConfig read_config(const std::string& path) {
    ConfigObject file = ConfigObject::from_file(path);
    ServerConfig out;
    read_http(file.object("server"), out);
    read_trust_service(file.object("trust_service"), out);
    read_storage(file.object("storage"), out);
    if (!out.signer && out.storage_backend != "memory")
        refuse("trust_service.type: local keeps its keys in memory only; it goes with storage.backend memory");
    read_freshness(file.object("freshness"), out);

    ConfigObject& ages = file.object("caching").object("max_age");
    constexpr std::int64_t year = 31'536'000;
    out.cache_ages.current_metadata = ages.integer_or("current_metadata", out.cache_ages.current_metadata, 0, year);
    out.cache_ages.consistent_metadata =
        ages.integer_or("consistent_metadata", out.cache_ages.consistent_metadata, 0, year);
    out.cache_bytes = static_cast<std::size_t>(file.object("caching").integer_or("memory_mib", 256, 1, 1 << 20)) << 20U;

    out.gun_prefixes = file.object("repositories").strings_or("gun_prefixes", {});
    std::for_each(out.gun_prefixes.begin(), out.gun_prefixes.end(), require_prefix);

    ConfigObject& limits = file.object("limits");
    out.http.limits = http::read_limits(limits);
    out.update_limits.max_version_step =
        limits.integer_or("version_step", out.update_limits.max_version_step, 1, tuf::Version::kMax);
    // By default half of the workers are left to other collections.
    out.waiting_changes = static_cast<std::size_t>(
        limits.integer_or("waiting_changes", std::max(1U, out.http.workers / 2), 1, 1'000'000));
    out.update_limits.json.max_signatures = static_cast<std::size_t>(limits.integer_or("signatures", 256, 1, 100'000));

    // A type that is not enforced must not look as if it were.
    const std::string auth = file.object("auth").string_or("type", "");
    if (!auth.empty())
        refuse(concat("auth.type: ", auth, " is not supported; leave it out to serve without authentication"));

    out.log_level = log::parse_level(file.object("logging").string_or("level", "info"));
    file.finish();
    return out;
}

}  // namespace sello::server
