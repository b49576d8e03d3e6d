#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tuf/metadata/codec.h"
#include "tuf/names/gun.h"
#include "tuf/trust/pinning.h"

namespace sello::tuf {

/// What a pull has verified so far, in the order root, timestamp, snapshot, targets, delegations; each step needs those
/// before it. Pure: bytes come from wherever the caller finds them, and the time is fixed once. A document that is
/// refused leaves the trusted set as it was.
class TrustedMetadata {
public:
    TrustedMetadata(Gun gun, Instant now) : gun_(std::move(gun)), now_(now) {}

    /// The root trusted by an earlier run: verified against itself, dates aside.
    void trust_root(Bytes bytes);
    /// The first root, by the pins. Throws Error(Fault::Untrusted, Expired, ...).
    void accept_first_root(Bytes bytes, const TrustPinning& pinning);
    /// A newer root, signed by a threshold of the trusted root's keys and of its own. Throws Error(Fault::Untrusted) if
    /// the trusted root's keys did not sign it (the chain between may then be walked), Rollback for an older version.
    /// Whatever was built on the old root is forgotten, but not the versions seen.
    void update_root(Bytes bytes);
    /// Throws Error(Fault::Expired) if the trusted root is past its end. Called once the newest root is in place.
    void require_current_root() const;

    /// Versions that were trusted before: nothing older is taken. Ignored if the bytes do not verify (any more).
    void remember_timestamp(Bytes bytes);
    void remember_snapshot(Bytes bytes);
    void remember_targets(const RoleName& role, Bytes bytes);

    void update_timestamp(Bytes bytes);
    /// Matched against the timestamp's length and digests first.
    void update_snapshot(Bytes bytes);
    /// `targets` or a delegation; matched against the snapshot. A delegation's delegator must be trusted already.
    void update_targets(const RoleName& role, Bytes bytes);

    [[nodiscard]] const Signed<Root>& root() const { return root_.value(); }
    [[nodiscard]] const Signed<Timestamp>& timestamp() const { return timestamp_.value(); }
    [[nodiscard]] const Signed<Snapshot>& snapshot() const { return snapshot_.value(); }
    /// Null if the role is not trusted.
    [[nodiscard]] const Signed<Targets>* targets(const RoleName& role) const;
    [[nodiscard]] const std::map<RoleName, Signed<Targets>>& all_targets() const { return targets_; }
    /// What the snapshot lists for a role; null if it does not.
    [[nodiscard]] const FileMeta* listed(const RoleName& role) const;
    /// True if the snapshot lists the very root that is trusted.
    [[nodiscard]] bool snapshot_lists_root() const;
    [[nodiscard]] const Gun& gun() const { return gun_; }

private:
    void replace_root(Signed<Root> root);
    [[nodiscard]] Signed<Targets> verify_targets(const RoleName& role, Bytes bytes) const;
    void require_role_threshold(const RoleName& role, ByteView message, const std::vector<Signature>& signatures) const;

    Gun gun_;
    Instant now_;
    std::optional<Signed<Root>> root_;
    std::optional<Signed<Timestamp>> timestamp_;
    std::optional<Signed<Snapshot>> snapshot_;
    std::map<RoleName, Signed<Targets>> targets_;
    std::map<RoleName, Version> floors_;
};

}  // namespace sello::tuf
