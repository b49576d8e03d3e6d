#pragma once

#include <functional>
#include <optional>
#include <string>

#include "client/remote/notary_api.h"
#include "client/trust_directory.h"
#include "tuf/base/clock.h"
#include "tuf/trust/trusted_metadata.h"

namespace sello::client {

/// The journey of a pull: from what was trusted last to what the server has now, every step verified, each accepted
/// file saved. Source: Notary's client; the root chain and version floors are stricter.
class Updater {
public:
    /// `warn` gets one sentence for each delegation that was left out since it is expired or not properly signed.
    Updater(NotaryApi& api, const TrustDirectory& directory, tuf::TrustPinning pinning, const Clock& clock,
            std::function<void(const std::string&)> warn)
        : api_(api), directory_(directory), pinning_(std::move(pinning)), clock_(clock), warn_(std::move(warn)) {}

    /// nullopt if the server has no such collection and none is cached. Throws Error naming the check that failed.
    /// One process at a time below one trust directory: what one remembers, the next one starts from.
    [[nodiscard]] std::optional<tuf::TrustedMetadata> refresh(const tuf::Gun& gun);
    /// Without the server: what is cached, if it verifies and has not expired; delegations are left out as by
    /// refresh(). nullopt if nothing is cached.
    [[nodiscard]] std::optional<tuf::TrustedMetadata> load_cached(const tuf::Gun& gun);

private:
    /// False if the snapshot names another root than the trusted one, which is then known by its digest.
    [[nodiscard]] bool run_cycle(tuf::TrustedMetadata& trusted);
    void remember_cached(tuf::TrustedMetadata& trusted);
    void update_root(tuf::TrustedMetadata& trusted, const tuf::FileMeta* listed);
    void walk_root_chain(tuf::TrustedMetadata& trusted, const Bytes& newest);
    [[nodiscard]] Bytes fetch(const tuf::TrustedMetadata& trusted, const tuf::RoleName& role,
                              const tuf::FileMeta& meta);
    /// False, with a warning, if it is expired or not properly signed.
    bool accept_delegation(tuf::TrustedMetadata& trusted, const tuf::RoleName& role, Bytes bytes);
    void update_delegations(tuf::TrustedMetadata& trusted, const tuf::RoleName& delegator);

    NotaryApi& api_;
    const TrustDirectory& directory_;
    tuf::TrustPinning pinning_;
    const Clock& clock_;
    std::function<void(const std::string&)> warn_;
};

}  // namespace sello::client
