#include "tuf/trust/trusted_metadata.h"

#include <algorithm>
#include <utility>

#include "tuf/base/error.h"
#include "tuf/trust/freshness.h"
#include "tuf/trust/root_trust.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

void raise_floor(std::map<RoleName, Version>& floors, const RoleName& role, Version version) {
    const auto [floor, added] = floors.emplace(role, version);
    if (!added) floor->second = std::max(floor->second, version);
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

}  // namespace

void TrustedMetadata::trust_root(Bytes bytes) {
    auto root = decode_root(parse_envelope(std::move(bytes)));
    require_threshold(root.message, root.signatures,
                      usable_root_keys(root.payload, gun_, now_, CertificateDates::Ignore), root.payload.keys, "root");
    replace_root(std::move(root));
}

void TrustedMetadata::accept_first_root(Bytes bytes, const TrustPinning& pinning) {
    auto root = decode_root(parse_envelope(std::move(bytes)));
    require_pinned(root, gun_, pinning, now_);
    require_unexpired("root", root.payload.expires, now_);
    replace_root(std::move(root));
}

void TrustedMetadata::update_root(Bytes bytes) {
    auto root = decode_root(parse_envelope(std::move(bytes)));
    require_not_older("root", root.payload.version, root_->payload.version);
    require_signed_by_previous(root, root_->payload, gun_, now_);
    require_self_signed(root, gun_, now_);
    replace_root(std::move(root));
}

void TrustedMetadata::replace_root(Signed<Root> root) {
    root_ = std::move(root);
    timestamp_.reset();
    snapshot_.reset();
    targets_.clear();
}

void TrustedMetadata::require_current_root() const { require_unexpired("root", root_->payload.expires, now_); }

void TrustedMetadata::require_role_threshold(const RoleName& role, ByteView message,
                                             const std::vector<Signature>& signatures) const {
    require_threshold(message, signatures, root_->payload.role(role.str()), root_->payload.keys, role.str());
}

void TrustedMetadata::remember_timestamp(Bytes bytes) {
    if_it_verifies([&] {
        const auto seen = decode_timestamp(parse_envelope(std::move(bytes)));
        require_role_threshold(timestamp_role(), seen.message, seen.signatures);
        raise_floor(floors_, timestamp_role(), seen.payload.version);
    });
}

void TrustedMetadata::remember_snapshot(Bytes bytes) {
    if_it_verifies([&] {
        const auto seen = decode_snapshot(parse_envelope(std::move(bytes)));
        require_role_threshold(snapshot_role(), seen.message, seen.signatures);
        raise_floor(floors_, snapshot_role(), seen.payload.version);
    });
}

void TrustedMetadata::remember_targets(const RoleName& role, Bytes bytes) {
    if_it_verifies([&] {
        const auto seen = verify_targets(role, std::move(bytes));
        raise_floor(floors_, role, seen.payload.version);
    });
}

void TrustedMetadata::update_timestamp(Bytes bytes) {
    auto timestamp = decode_timestamp(parse_envelope(std::move(bytes)));
    require_role_threshold(timestamp_role(), timestamp.message, timestamp.signatures);
    if (const auto floor = floors_.find(timestamp_role()); floor != floors_.end())
        require_not_older("timestamp", timestamp.payload.version, floor->second);
    require_unexpired("timestamp", timestamp.payload.expires, now_);
    raise_floor(floors_, timestamp_role(), timestamp.payload.version);
    timestamp_ = std::move(timestamp);
    snapshot_.reset();
    targets_.clear();
}

void TrustedMetadata::update_snapshot(Bytes bytes) {
    require_match(timestamp_->payload.snapshot, bytes, "snapshot");
    auto snapshot = decode_snapshot(parse_envelope(std::move(bytes)));
    require_role_threshold(snapshot_role(), snapshot.message, snapshot.signatures);
    if (const auto floor = floors_.find(snapshot_role()); floor != floors_.end())
        require_not_older("snapshot", snapshot.payload.version, floor->second);
    require_unexpired("snapshot", snapshot.payload.expires, now_);
    raise_floor(floors_, snapshot_role(), snapshot.payload.version);
    snapshot_ = std::move(snapshot);
    targets_.clear();
}

Signed<Targets> TrustedMetadata::verify_targets(const RoleName& role, Bytes bytes) const {
    auto file = decode_targets(parse_envelope(std::move(bytes)), role);
    const auto above = parent(role);
    if (!above) {
        require_role_threshold(role, file.message, file.signatures);
        return file;
    }
    const Signed<Targets>* delegator = targets(*above);
    const Delegation* delegation = delegator != nullptr ? delegator->payload.delegation(role) : nullptr;
    if (delegation == nullptr)
        throw Error(Fault::Untrusted, concat("tuf: invalid role ", role, ". delegation does not exist"));
    require_threshold(file.message, file.signatures, delegation->keys, delegator->payload.delegations.keys, role.str());
    return file;
}

void TrustedMetadata::update_targets(const RoleName& role, Bytes bytes) {
    const FileMeta* meta = listed(role);
    if (meta == nullptr) throw Error(Fault::Untrusted, concat(role, ": not listed in the snapshot"));
    require_match(*meta, bytes, role.str());
    auto file = verify_targets(role, std::move(bytes));
    if (const auto floor = floors_.find(role); floor != floors_.end())
        require_not_older(role.str(), file.payload.version, floor->second);
    require_unexpired(role.str(), file.payload.expires, now_);
    raise_floor(floors_, role, file.payload.version);
    targets_.insert_or_assign(role, std::move(file));
}

const Signed<Targets>* TrustedMetadata::targets(const RoleName& role) const {
    const auto file = targets_.find(role);
    return file == targets_.end() ? nullptr : &file->second;
}

const FileMeta* TrustedMetadata::listed(const RoleName& role) const {
    const auto meta = snapshot_->payload.meta.find(role.str());
    return meta == snapshot_->payload.meta.end() ? nullptr : &meta->second;
}

bool TrustedMetadata::snapshot_lists_root() const {
    try {
        require_match(*listed(root_role()), root_->bytes, "root");
        return true;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace sello::tuf
