#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/remote/notary_api.h"
#include "client/trust_directory.h"
#include "tuf/base/clock.h"
#include "tuf/trust/trusted_metadata.h"

namespace sello::client {

/// The journey of a pull: from what was trusted last to what the server has now, every step verified, each accepted
/// file saved. Source: Notary's client; the root chain and version floors are stricter.
class Updater {
public:
    /// `warn` gets one sentence for each delegation that was left out since it is expired or not properly signed, and
    /// for what will expire within half a year. Pins are for a collection that is seen first, or again after its cached
    /// root has expired.
    Updater(NotaryApi& api, const TrustDirectory& directory, tuf::TrustPinning pinning, const Clock& clock,
            std::function<void(const std::string&)> warn)
        : api_(api), directory_(directory), pinning_(std::move(pinning)), clock_(clock), warn_(std::move(warn)) {}

    /// nullopt if the server has no such collection and none is cached. Throws Error naming the check that failed.
    /// One process at a time below one trust directory: what one remembers, the next one starts from.
    [[nodiscard]] std::optional<tuf::TrustedMetadata> refresh(const tuf::Gun& gun);
    /// Without the server: what is cached, if it verifies, belongs together and has not expired; delegations are left
    /// out as by refresh(). nullopt if nothing is cached.
    [[nodiscard]] std::optional<tuf::TrustedMetadata> load_cached(const tuf::Gun& gun);
    /// What the last refresh left out: well-formed and listed in the snapshot, but expired or not properly signed. Not
    /// to be trusted; a holder of the role's present keys may look it over and sign it again.
    [[nodiscard]] const std::map<tuf::RoleName, tuf::Signed<tuf::Targets>>& left_out() const { return left_out_; }

    /// Why the last refresh, or load_cached(), left out what it left out: one a role.
    [[nodiscard]] const std::vector<tuf::Refusal>& refusals() const { return refusals_; }

private:
    /// False if the snapshot names another root than the trusted one, which is then known by its digest.
    [[nodiscard]] bool run_cycle(tuf::TrustedMetadata& trusted);
    void remember_cached(tuf::TrustedMetadata& trusted);
    /// Unless the cached file is the one that is offered now.
    void remember_cached_targets(tuf::TrustedMetadata& trusted, const tuf::RoleName& role, ByteView offered);
    void update_root(tuf::TrustedMetadata& trusted, const tuf::FileMeta* listed);
    void walk_root_chain(tuf::TrustedMetadata& trusted, const Bytes& newest);
    [[nodiscard]] Bytes fetch(const tuf::TrustedMetadata& trusted, const tuf::RoleName& role,
                              const tuf::FileMeta& meta);
    void update_delegations(tuf::TrustedMetadata& trusted, const tuf::RoleName& delegator);
    void leave_out(const tuf::RoleName& role, const tuf::Refusal& why);
    [[nodiscard]] static bool is_current(const tuf::TrustedMetadata& trusted);
    void load_cached_delegations(tuf::TrustedMetadata& trusted, const tuf::RoleName& delegator);
    /// The pins, with the bundle that decides for `gun` read from its file.
    [[nodiscard]] tuf::TrustPinning pins(const tuf::Gun& gun) const;
    void warn_of_near_expiry(const tuf::TrustedMetadata& trusted);

    NotaryApi& api_;
    const TrustDirectory& directory_;
    tuf::TrustPinning pinning_;
    const Clock& clock_;
    std::function<void(const std::string&)> warn_;
    bool cached_root_expired_ = false;
    std::map<tuf::RoleName, tuf::Signed<tuf::Targets>> left_out_;
    std::vector<tuf::Refusal> refusals_;
};

}  // namespace sello::client
