#pragma once

#include <memory>

#include "server/config.h"
#include "server/handlers/get_metadata.h"
#include "server/handlers/gun_prefixes.h"
#include "server/handlers/health.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/publish/renewal_sweep.h"

namespace sello::server {

/// The composition root: every object is made here, in order, and handed its collaborators.
class App {
public:
    App(ServerConfig config, const Clock& clock);

    void start();
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    /// Reads the TLS files again.
    void reload();
    /// Stops accepting, lets what runs finish, then returns.
    void stop();

private:
    [[nodiscard]] http::Router make_router();

    ServerConfig config_;
    GunPrefixes prefixes_;
    GunPrefixes no_prefixes_{{}};  ///< an upload outside them has an answer of its own
    std::unique_ptr<MetadataStore> store_;
    std::unique_ptr<SigningService> signing_;
    ServingCache cache_;
    Collections collections_;
    GetMetadata get_metadata_;
    Health health_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<RenewalSweep> sweep_;
};

}  // namespace sello::server
