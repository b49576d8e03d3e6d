#include "server/app.h"

#include <utility>

#include "server/handlers/changefeed.h"
#include "server/handlers/notary_error.h"
#include "server/handlers/write_metadata.h"
#include "server/signing/grpc_signing_service.h"
#include "server/signing/local_signing_service.h"
#include "server/storage/memory_metadata_store.h"
#include "server/storage/sql_metadata_store.h"

namespace sello::server {
namespace {

using http::Method;
using http::Request;
using http::Response;

std::unique_ptr<MetadataStore> make_store(const ServerConfig& config, const Clock& clock) {
    if (config.storage_backend == "memory") return std::make_unique<MemoryMetadataStore>(clock);
    SqlStoreOptions options;
    options.path = config.storage_path;
    return std::make_unique<SqlMetadataStore>(std::move(options), clock);
}

std::unique_ptr<SigningService> make_signing(const ServerConfig& config) {
    if (!config.signer) return std::make_unique<LocalSigningService>();
    return std::make_unique<GrpcSigningService>(*config.signer);
}

/// A matcher for paths under `_trust/tuf/` whose tail `match` knows, of collections that `prefixes` admit.
template <class Match>
auto under_trust(Match match, const GunPrefixes& prefixes) {
    using Named = typename decltype(match(std::string_view()))::value_type;
    return [match, &prefixes](std::string_view path) -> std::optional<std::pair<TrustPath, Named>> {
        const auto split = split_trust_path(path);
        if (!split || !prefixes.admit(split->gun)) return std::nullopt;
        const auto named = match(split->tail);
        if (!named) return std::nullopt;
        return std::pair(*split, *named);
    };
}

std::optional<bool> match_nothing(std::string_view tail) { return tail.empty() ? std::optional(true) : std::nullopt; }

Response text(std::string body) {
    return {200, {{"Content-Type", "text/plain; charset=utf-8"}}, std::make_shared<const std::string>(std::move(body))};
}

bool asks_the_signer(const Request& request) { return request.method != Method::Get || request.path.ends_with(".key"); }

Response no_such_route(const Request& request) {
    if (request.method == Method::Other) return {405, {}, nullptr};
    return error_response(codes::kMetadataNotFound);
}

}  // namespace

App::App(ServerConfig config, const Clock& clock)
    : config_(std::move(config)),
      prefixes_(config_.gun_prefixes),
      store_(make_store(config_, clock)),
      signing_(make_signing(config_)),
      cache_(config_.cache_bytes),
      collections_(*store_, *signing_, clock, cache_, config_.freshness, config_.update_limits,
                   config_.waiting_changes),
      get_metadata_(collections_, *store_, cache_, clock, config_.cache_ages),
      health_(*store_, *signing_, clock) {
    http::Application application;
    application.fast = [this](const Request& request) -> std::shared_ptr<const http::PreparedResponse> {
        return request.method == Method::Get ? get_metadata_.find_ready(request) : nullptr;
    };
    application.handler = make_router();
    application.on_error = to_response;
    application.is_slow = asks_the_signer;
    server_ = std::make_unique<http::Server>(config_.http, std::move(application));
    sweep_ = std::make_unique<RenewalSweep>(collections_, *store_, clock, config_.sweep_interval);
}

http::Router App::make_router() {
    http::Router router(no_such_route);
    router.add_path(Method::Get, "/v2/", [](const Request&) { return text("{}"); });
    router.add_path(Method::Get, "/_notary_server/health", [this](const Request&) { return health_.answer(); });
    router.add_path(Method::Get, "/v2/_trust/changefeed",
                    [this](const Request& request) { return get_changefeed(*store_, std::nullopt, request); });
    router.add(Method::Post, under_trust(match_nothing, no_prefixes_),
               [this](const Request& request, const auto& call) {
                   return publish_metadata(collections_, call.first, request, prefixes_);
               });
    router.add(Method::Get, under_trust(match_checksum, prefixes_),
               [this](const Request&, const auto& call) { return get_metadata_.by_checksum(call.first, call.second); });
    router.add(Method::Get, under_trust(match_version, prefixes_),
               [this](const Request&, const auto& call) { return get_metadata_.by_version(call.first, call.second); });
    router.add(Method::Get, under_trust(match_current, prefixes_),
               [this](const Request&, const auto& call) { return get_metadata_.current(call.first, call.second); });
    router.add(Method::Get, under_trust(match_key, prefixes_), [this](const Request&, const auto& call) {
        return get_server_key(collections_, call.first, call.second);
    });
    router.add(Method::Post, under_trust(match_key, prefixes_), [this](const Request&, const auto& call) {
        return rotate_server_key(collections_, call.first, call.second);
    });
    router.add(Method::Delete, under_trust(match_nothing, prefixes_), [this](const Request& request, const auto& call) {
        return delete_collection(collections_, call.first, request);
    });
    const auto admitted_changefeed = [this](std::string_view path) {
        const auto gun = match_changefeed(path);
        return gun && prefixes_.admit(*gun) ? gun : std::nullopt;
    };
    router.add(Method::Get, admitted_changefeed, [this](const Request& request, std::string_view gun) {
        return get_changefeed(*store_, gun_of(gun), request);
    });
    return router;
}

void App::start() { server_->start(); }

void App::reload() {
    if (config_.http.tls) server_->reload_tls(*config_.http.tls);
}

void App::stop() {
    sweep_.reset();
    server_->stop(config_.drain_timeout);
}

}  // namespace sello::server
