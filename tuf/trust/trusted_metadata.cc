#include "tuf/trust/trusted_metadata.h"

#include <set>
#include <utility>

#include "tuf/trust/freshness.h"
#include "tuf/trust/integrity.h"
#include "tuf/trust/root_trust.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

void raise_floor(std::map<RoleName, Version>& floors, const RoleName& role, Version version) {
    const auto [floor, added] = floors.emplace(role, version);
    if (!added && is_newer(version, floor->second)) floor->second = version;
}

/// A remembered document that cannot be used any more is no reason to fail: it just sets no floor.
template <class Use>
void if_it_verifies(const Use& use) {
    try {
        use();
    } catch (const Error&) {
        return;
    }
}

/// The keys of a role by what tells them apart.
std::set<Bytes> signing_keys(const Root& root, const RoleName& role) {
    std::set<Bytes> out;
    for (const KeyId& id : root.role(role.str()).keyids) {
        const auto key = root.keys.find(id);
        const auto material = key != root.keys.end() ? key->second.material() : std::nullopt;
        out.insert(material ? Bytes(*material) : id.str());
    }
    return out;
}

RoleName notary_delegator(const RoleName& role) { return parent(role).value_or(root_role()); }

}  // namespace

TrustedMetadata::Signers TrustedMetadata::signers_of(const RoleName& role, const RoleName& delegator) const {
    if (delegator == root_role()) return {root_->payload.role(role.str()), root_->payload.keys};
    const Signed<Targets>* file = targets(delegator);
    const RoleKeys* signers = file != nullptr ? file->payload.delegations.signers_of(role) : nullptr;
    if (signers == nullptr)
        throw Refusal(Fault::Untrusted, concat("tuf: invalid role ", role, ". delegation does not exist"),
                      {Check::Listing, role.str(), {}, concat("a delegation from ", delegator), "none", {}});
    return {*signers, file->payload.delegations.keys};
}

template <class Payload>
void TrustedMetadata::require_signed(const Signed<Payload>& file, const RoleName& role,
                                     const RoleName& delegator) const {
    const Signers signers = signers_of(role, delegator);
    require_threshold(file.message, file.signatures, signers.role, signers.keys, role.str());
}

void TrustedMetadata::require_not_below_floor(const RoleName& role, Version version) const {
    if (const auto floor = floors_.find(role); floor != floors_.end())
        require_not_older(role.str(), version, floor->second);
}

void TrustedMetadata::trust_root(Bytes bytes) {
    std::optional<Version> version;
    explained(root_role(), version, [&] {
        auto root = decode_root(parse_envelope(std::move(bytes), dialect_));
        version = root.payload.version;
        const RoleKeys keys = dialect_ == Dialect::Notary
                                  ? usable_root_keys(root.payload, gun(), now_, CertificateDates::Ignore)
                                  : root.payload.role("root");
        require_threshold(root.message, root.signatures, keys, root.payload.keys, "root");
        replace_root(std::move(root));
    });
}

void TrustedMetadata::accept_first_root(Bytes bytes, const TrustPinning& pinning) {
    std::optional<Version> version;
    explained(root_role(), version, [&] {
        auto root = decode_root(parse_envelope(std::move(bytes), dialect_));
        version = root.payload.version;
        require_pinned(root, gun(), pinning, now_);
        require_unexpired("root", root.payload.expires, now_, dialect_);
        replace_root(std::move(root));
    });
}

bool TrustedMetadata::update_root(Bytes bytes) {
    std::optional<Version> version;
    return explained(root_role(), version, [&] {
        auto root = decode_root(parse_envelope(std::move(bytes), dialect_));
        version = root.payload.version;
        if (dialect_ == Dialect::Notary) {
            require_not_older("root", root.payload.version, root_->payload.version);
            require_signed_by_previous(root, root_->payload, gun(), now_);
            require_self_signed(root, gun(), now_, CertificateDates::Ignore);
        } else {
            const Root& previous = root_->payload;
            require_threshold(root.message, root.signatures, previous.role("root"), previous.keys, "root");
            require_version("root", root.payload.version, previous.version.next());
            require_threshold(root.message, root.signatures, root.payload.role("root"), root.payload.keys, "root");
        }
        const auto has_other_keys = [&](const RoleName& role) {
            return signing_keys(root_->payload, role) != signing_keys(root.payload, role);
        };
        const bool is_rotated = has_other_keys(timestamp_role()) || has_other_keys(snapshot_role());
        replace_root(std::move(root));
        return is_rotated;
    });
}

void TrustedMetadata::replace_root(Signed<Root> root) {
    root_ = std::move(root);
    timestamp_.reset();
    snapshot_.reset();
    targets_.clear();
    remembered_timestamp_.reset();
    remembered_snapshot_.reset();
}

void TrustedMetadata::require_current_root() const {
    explained(root_role(), root_->payload.version, [&] {
        require_unexpired("root", root_->payload.expires, now_, dialect_);
        if (dialect_ == Dialect::Notary) require_self_signed(*root_, gun(), now_);
    });
}

void TrustedMetadata::remember_timestamp(Bytes bytes) {
    if_it_verifies([&] {
        auto seen = decode_timestamp(parse_envelope(std::move(bytes), dialect_));
        require_signed(seen, timestamp_role(), root_role());
        raise_floor(floors_, timestamp_role(), seen.payload.version);
        remembered_timestamp_ = std::move(seen);
    });
}

void TrustedMetadata::remember_snapshot(Bytes bytes) {
    if_it_verifies([&] {
        auto seen = decode_snapshot(parse_envelope(std::move(bytes), dialect_));
        require_signed(seen, snapshot_role(), root_role());
        raise_floor(floors_, snapshot_role(), seen.payload.version);
        remembered_snapshot_ = std::move(seen);
    });
}

void TrustedMetadata::remember_targets(const RoleName& role, Bytes bytes) {
    if_it_verifies([&] {
        const auto seen = decode_targets(parse_envelope(std::move(bytes), dialect_), role);
        require_signed(seen, role, notary_delegator(role));
        raise_floor(floors_, role, seen.payload.version);
    });
}

bool TrustedMetadata::update_timestamp(Bytes bytes) {
    std::optional<Version> version;
    return explained(timestamp_role(), version, [&] {
        auto timestamp = decode_timestamp(parse_envelope(std::move(bytes), dialect_));
        version = timestamp.payload.version;
        require_signed(timestamp, timestamp_role(), root_role());
        require_not_below_floor(timestamp_role(), *version);
        const bool has_same_version =
            remembered_timestamp_ && is_same(*version, remembered_timestamp_->payload.version);
        const bool keeps_old = dialect_ == Dialect::Tuf && has_same_version;
        if (keeps_old) timestamp = *remembered_timestamp_;
        // TUF 1.0, where it lists a version.
        if (remembered_timestamp_ && remembered_timestamp_->payload.snapshot.version)
            require_not_older("snapshot", *timestamp.payload.snapshot.version,
                              *remembered_timestamp_->payload.snapshot.version);
        require_unexpired("timestamp", timestamp.payload.expires, now_, dialect_);
        raise_floor(floors_, timestamp_role(), *version);
        timestamp_ = std::move(timestamp);
        snapshot_.reset();
        targets_.clear();
        return !keeps_old;
    });
}

bool TrustedMetadata::adopt_remembered_snapshot() {
    if (!remembered_snapshot_) return false;
    const Snapshot& seen = remembered_snapshot_->payload;
    const auto& listed = timestamp_->payload.snapshot.version;
    if (!listed || !is_same(seen.version, *listed) || is_expired(seen.expires, now_, dialect_)) return false;
    snapshot_ = *remembered_snapshot_;
    targets_.clear();
    return true;
}

/// Every file that the remembered snapshot lists with a version is listed still, and not as an older one.
void TrustedMetadata::require_no_loss(const Snapshot& next) const {
    if (!remembered_snapshot_) return;
    for (const auto& [role, seen] : remembered_snapshot_->payload.meta) {
        if (!seen.version) continue;
        const auto listed = next.meta.find(role);
        if (listed == next.meta.end())
            throw Refusal(Fault::Rollback, concat("snapshot: does not list ", role, " any more"),
                          {Check::Listing, "snapshot", next.version, concat(role, " to be listed"), "nothing", {}});
        require_not_older(concat("snapshot: ", role), *listed->second.version, *seen.version);
    }
}

void TrustedMetadata::update_snapshot(Bytes bytes) {
    std::optional<Version> version;
    explained(snapshot_role(), version, [&] {
        const FileMeta& listed = timestamp_->payload.snapshot;
        require_match(listed, bytes, "snapshot", dialect_);
        auto snapshot = decode_snapshot(parse_envelope(std::move(bytes), dialect_));
        version = snapshot.payload.version;
        require_signed(snapshot, snapshot_role(), root_role());
        if (listed.version)
            require_version("snapshot", *version, *listed.version);
        else
            require_not_below_floor(snapshot_role(), *version);
        require_no_loss(snapshot.payload);
        require_unexpired("snapshot", snapshot.payload.expires, now_, dialect_);
        raise_floor(floors_, snapshot_role(), *version);
        snapshot_ = std::move(snapshot);
        targets_.clear();
    });
}

void TrustedMetadata::update_targets(const RoleName& role, Bytes bytes) {
    update_targets(role, notary_delegator(role), std::move(bytes));
}

void TrustedMetadata::update_targets(const RoleName& role, const RoleName& delegator, Bytes bytes) {
    std::optional<Version> version;
    explained(role, version, [&] {
        const FileMeta& listed = require_listed(role);
        require_match(listed, bytes, role.str(), dialect_);
        auto file = decode_targets(parse_envelope(std::move(bytes), dialect_), role);
        version = file.payload.version;
        require_signed(file, role, delegator);
        if (listed.version)
            require_version(role.str(), *version, *listed.version);
        else
            require_not_below_floor(role, *version);
        require_unexpired(role.str(), file.payload.expires, now_, dialect_);
        raise_floor(floors_, role, *version);
        targets_.insert_or_assign(role, std::move(file));
    });
}

void TrustedMetadata::require_vouched(const RoleName& role, const RoleName& delegator) const {
    const Signed<Targets>& file = targets_.at(role);
    explained(role, file.payload.version, [&] { require_signed(file, role, delegator); });
}

const Signed<Targets>* TrustedMetadata::targets(const RoleName& role) const {
    const auto file = targets_.find(role);
    return file == targets_.end() ? nullptr : &file->second;
}

const FileMeta* TrustedMetadata::listed(const RoleName& role) const {
    const auto meta = snapshot_->payload.meta.find(role.str());
    return meta == snapshot_->payload.meta.end() ? nullptr : &meta->second;
}

const FileMeta& TrustedMetadata::require_listed(const RoleName& role) const {
    if (const FileMeta* meta = listed(role)) return *meta;
    throw Refusal(Fault::Untrusted, concat(role, ": not listed in the snapshot"),
                  {Check::Listing, role.str(), {}, "to be listed in the snapshot", "nothing", {}});
}

bool TrustedMetadata::snapshot_lists_root() const {
    try {
        require_match(require_listed(root_role()), root_->bytes, "root", dialect_);
        return true;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace sello::tuf
