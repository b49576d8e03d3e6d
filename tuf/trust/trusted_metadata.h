#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tuf/metadata/codec.h"
#include "tuf/names/gun.h"
#include "tuf/trust/pinning.h"
#include "tuf/trust/refusal.h"

namespace sello::tuf {

/// What a pull has verified so far, in the order root, timestamp, snapshot, targets, delegations; each step needs those
/// before it. One machine for both dialects. Pure: bytes come from wherever the caller finds them, and the time is
/// fixed once. A document that is refused, with a Refusal, leaves the trusted set as it was.
class TrustedMetadata {
public:
    /// A collection in the Notary dialect, whose root keys are certificates for `gun`.
    TrustedMetadata(Gun gun, Instant now) : dialect_(Dialect::Notary), gun_(std::move(gun)), now_(now) {}
    /// A repository in the TUF 1.0 dialect.
    explicit TrustedMetadata(Instant now) : dialect_(Dialect::Tuf), now_(now) {}

    /// The root trusted by an earlier run, or given as the anchor of a TUF 1.0 repository: verified against itself,
    /// dates aside.
    void trust_root(Bytes bytes);
    /// Notary: the first root, by the pins. Throws Refusal(Fault::Untrusted, Expired, ...).
    void accept_first_root(Bytes bytes, const TrustPinning& pinning);
    /// A newer root, signed by a threshold of the trusted root's keys and of its own. In TUF 1.0 the very next version;
    /// in the Notary dialect any newer one: Fault::Untrusted if the trusted root's keys did not sign it (the chain
    /// between may then be walked), Rollback for an older version. Whatever was built on the old root is forgotten, but
    /// not the versions seen. True if timestamp or snapshot have other keys now: in TUF 1.0 what was kept of the two is
    /// then to be deleted, which is how a repository recovers from versions that ran away (section 5.3.11).
    bool update_root(Bytes bytes);
    /// Throws Refusal(Fault::Expired) if the trusted root is past its end, and in the Notary dialect Fault::Untrusted
    /// if its certificates are. Called once the newest root is in place: those on the way to it may have ended.
    void require_current_root() const;

    /// What was trusted before: nothing older is taken. Ignored if the bytes do not verify (any more). A targets file
    /// needs its delegator's, as update_targets() does.
    void remember_timestamp(Bytes bytes);
    void remember_snapshot(Bytes bytes);
    void remember_targets(const RoleName& role, Bytes bytes);

    /// False if it is of the remembered one's version, which is then kept, and must be unexpired: TUF 1.0 only.
    bool update_timestamp(Bytes bytes);
    /// TUF 1.0: takes the remembered snapshot if it is the one that the timestamp lists. It was checked against the
    /// timestamp of its own day, so its digest is not looked at again. False if it is not, or has expired.
    [[nodiscard]] bool adopt_remembered_snapshot();
    /// Matched against what the timestamp lists first.
    void update_snapshot(Bytes bytes);
    /// `targets` or a delegation in the Notary dialect, where the name tells the delegator; matched against the
    /// snapshot.
    void update_targets(const RoleName& role, Bytes bytes);
    /// The same with the delegator by name: `root` for `targets`. The delegator must be trusted already.
    void update_targets(const RoleName& role, const RoleName& delegator, Bytes bytes);
    /// Throws Refusal unless the trusted file of `role` is signed by those that this delegator names. Another delegator
    /// may have let it in.
    void require_vouched(const RoleName& role, const RoleName& delegator) const;

    [[nodiscard]] const Signed<Root>& root() const { return root_.value(); }
    [[nodiscard]] const Signed<Timestamp>& timestamp() const { return timestamp_.value(); }
    [[nodiscard]] const Signed<Snapshot>& snapshot() const { return snapshot_.value(); }
    /// Null if the role is not trusted.
    [[nodiscard]] const Signed<Targets>* targets(const RoleName& role) const;
    [[nodiscard]] const std::map<RoleName, Signed<Targets>>& all_targets() const { return targets_; }
    /// What the snapshot lists for a role; null if it does not.
    [[nodiscard]] const FileMeta* listed(const RoleName& role) const;
    /// Throws Refusal(Fault::Untrusted) if the snapshot does not list the role.
    [[nodiscard]] const FileMeta& require_listed(const RoleName& role) const;
    /// Notary: true if the snapshot lists the very root that is trusted.
    [[nodiscard]] bool snapshot_lists_root() const;
    /// Of the Notary dialect only.
    [[nodiscard]] const Gun& gun() const { return gun_.value(); }
    [[nodiscard]] Dialect dialect() const noexcept { return dialect_; }
    [[nodiscard]] const Instant& now() const noexcept { return now_; }

private:
    struct Signers {
        const RoleKeys& role;
        const Keys& keys;
    };
    void replace_root(Signed<Root> root);
    void require_not_below_floor(const RoleName& role, Version version) const;
    [[nodiscard]] Signers signers_of(const RoleName& role, const RoleName& delegator) const;
    template <class Payload>
    void require_signed(const Signed<Payload>& file, const RoleName& role, const RoleName& delegator) const;
    void require_no_loss(const Snapshot& next) const;

    Dialect dialect_;
    std::optional<Gun> gun_;
    Instant now_;
    std::optional<Signed<Root>> root_;
    std::optional<Signed<Timestamp>> timestamp_;
    std::optional<Signed<Snapshot>> snapshot_;
    std::map<RoleName, Signed<Targets>> targets_;
    std::optional<Signed<Timestamp>> remembered_timestamp_;
    std::optional<Signed<Snapshot>> remembered_snapshot_;
    std::map<RoleName, Version> floors_;  ///< Notary: the newest version of each role that verified
};

}  // namespace sello::tuf
