#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "server/handlers/get_metadata.h"
#include "server/http/server.h"
#include "server/publish/collections.h"
#include "server/signing/grpc_signing_service.h"
#include "tuf/base/log.h"

namespace sello::server {

/// The configuration of sello-server: Notary's keys under Notary's names, and Sello's own beside them.
/// Described in schemas/config/server.schema.json.
struct ServerConfig {
    http::ServerOptions http;
    std::optional<GrpcSigningOptions> signer;  ///< none: keys in this process's memory (`trust_service.type: local`)
    std::string storage_backend;               ///< `sqlite` or `memory`
    std::string storage_path;
    std::vector<std::string> gun_prefixes;
    CacheAges cache_ages;
    std::size_t cache_bytes = 256U << 20U;
    FreshnessSettings freshness;
    std::chrono::seconds sweep_interval{60};
    tuf::UpdateLimits update_limits;
    std::size_t waiting_changes = Collections::kWaitingChanges;
    std::chrono::milliseconds drain_timeout{10'000};
    log::Level log_level = log::Level::Info;
};

/// Throws Error(Fault::BadConfiguration) naming the key.
[[nodiscard]] ServerConfig read_config(const std::string& path);

}  // namespace sello::server
