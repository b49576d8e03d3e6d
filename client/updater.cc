#include "client/updater.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "client/files.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/certificate.h"
#include "tuf/trust/freshness.h"
#include "tuf/trust/integrity.h"
#include "tuf/trust/root_trust.h"

namespace sello::client {
namespace {

using tuf::RoleName;
using tuf::TrustedMetadata;

constexpr std::size_t kMaxTimestampBytes = 1U << 20U;
constexpr std::int64_t kMaxRootSteps = 1024;
constexpr std::chrono::hours kHalfAYear{24 * 182};

/// Failures that a newer root may mend: keys were rotated, or files of two moments met.
bool root_may_help(Fault fault) {
    switch (fault) {
        case Fault::ThresholdNotMet:
        case Fault::Untrusted:
        case Fault::Expired:
        case Fault::DigestMismatch:
        case Fault::NotFound: return true;
        default: return false;
    }
}

/// Failures of a delegation that cost no more than the delegation and what is below it.
bool is_left_out(Fault fault) { return fault == Fault::ThresholdNotMet || fault == Fault::Expired; }

tuf::Version root_version(Bytes bytes) {
    return tuf::explained(tuf::root_role(), {},
                          [&] { return tuf::decode_root(tuf::parse_envelope(std::move(bytes))).payload.version; });
}

tuf::Version version_of(Bytes bytes, const RoleName& role) {
    return tuf::explained(
        role, {}, [&] { return tuf::decode_targets(tuf::parse_envelope(std::move(bytes)), role).payload.version; });
}

/// Those that the snapshot lists too, in the delegator's order.
std::vector<RoleName> listed_delegations(const TrustedMetadata& trusted, const RoleName& delegator) {
    std::vector<RoleName> roles;
    for (const tuf::Delegation& delegation : trusted.targets(delegator)->payload.delegations.roles)
        if (trusted.listed(delegation.name) != nullptr) roles.push_back(delegation.name);
    return roles;
}

void trust_cached_root(TrustedMetadata& trusted, Bytes bytes) {
    try {
        trusted.trust_root(std::move(bytes));
    } catch (const tuf::Refusal& refusal) {
        throw refusal.retold(concat("the cached root of ", trusted.gun(), " cannot be trusted: ", refusal.what(),
                                    "; if you know why, remove its root.json to trust the server's anew"));
    }
}

/// `have` says who has the root that is trusted.
[[noreturn]] void refuse_other_root(const TrustedMetadata& trusted, const std::string& have) {
    const std::string message = concat(trusted.gun(), ": the snapshot lists another root than ", have);
    tuf::Refusal::Details details{tuf::Check::Integrity, "root", trusted.root().payload.version, {}, {}, {}};
    details.expected = concat("the root that snapshot ", trusted.snapshot().payload.version, " lists");
    details.found = have;
    throw tuf::Refusal(Fault::DigestMismatch, message, std::move(details));
}

}  // namespace

std::optional<TrustedMetadata> Updater::refresh(const tuf::Gun& gun) {
    const FolderLock lock(directory_.collection(gun));
    TrustedMetadata trusted(gun, clock_.now());
    left_out_.clear();
    refusals_.clear();
    cached_root_expired_ = false;
    if (auto cached = directory_.load(gun, tuf::root_role())) {
        trust_cached_root(trusted, std::move(*cached));
        cached_root_expired_ = !is_current(trusted);
    } else {
        auto first = api_.current(tuf::root_role(), kMaxRootBytes);
        if (!first) return std::nullopt;
        trusted.accept_first_root(std::move(*first), pins(gun));
        directory_.save(gun, tuf::root_role(), trusted.root().bytes);
    }
    try {
        if (run_cycle(trusted)) return trusted;
        const tuf::FileMeta listed = *trusted.listed(tuf::root_role());
        update_root(trusted, &listed);
    } catch (const Error& e) {
        if (!root_may_help(e.fault())) throw;
        update_root(trusted, nullptr);
    }
    if (!run_cycle(trusted)) refuse_other_root(trusted, "the one the server has");
    return trusted;
}

void Updater::update_root(TrustedMetadata& trusted, const tuf::FileMeta* listed) {
    // While the old root's keys still say who signed it: in this run no rotation makes an older version a newer one.
    remember_cached_targets(trusted, tuf::targets_role(), {});
    std::optional<Bytes> newest;
    if (listed != nullptr)
        newest = api_.by_checksum(tuf::root_role(), to_hex(listed->hashes.at("sha256")), kMaxRootBytes);
    if (!newest) newest = api_.current(tuf::root_role(), kMaxRootBytes);
    if (!newest) throw Error(Fault::NotFound, concat("the server does not have trust data for ", trusted.gun()));
    if (*newest == trusted.root().bytes) return;
    try {
        trusted.update_root(*newest);
    } catch (const Error& e) {
        if (e.fault() != Fault::Untrusted) throw;
        walk_root_chain(trusted, *newest);
    }
    trusted.require_current_root();
    if (cached_root_expired_)
        tuf::require_pinned_after_expiry(trusted.root(), trusted.gun(), pins(trusted.gun()), trusted.now());
    directory_.save(trusted.gun(), tuf::root_role(), trusted.root().bytes);
}

void Updater::walk_root_chain(TrustedMetadata& trusted, const Bytes& newest) {
    const tuf::Version last = root_version(newest);
    tuf::require_bounded_step("root", last, trusted.root().payload.version, kMaxRootSteps);
    for (tuf::Version next = trusted.root().payload.version.next(); tuf::is_newer(last, next); next = next.next()) {
        auto bytes = api_.by_version(tuf::root_role(), next, kMaxRootBytes);
        if (!bytes)
            throw Error(Fault::NotFound, concat("root: the server has no version ", next, " on the way to ", last));
        tuf::require_version("root", root_version(*bytes), next);
        trusted.update_root(std::move(*bytes));
    }
    trusted.update_root(newest);
}

void Updater::remember_cached(TrustedMetadata& trusted) {
    if (auto bytes = directory_.load(trusted.gun(), tuf::timestamp_role()))
        trusted.remember_timestamp(std::move(*bytes));
    if (auto bytes = directory_.load(trusted.gun(), tuf::snapshot_role())) trusted.remember_snapshot(std::move(*bytes));
}

void Updater::remember_cached_targets(TrustedMetadata& trusted, const RoleName& role, ByteView offered) {
    auto cached = directory_.load(trusted.gun(), role);
    // The same bytes set no floor that they would not pass, and large files take long to read.
    if (cached && *cached != offered) trusted.remember_targets(role, std::move(*cached));
}

Bytes Updater::fetch(const TrustedMetadata& trusted, const RoleName& role, const tuf::FileMeta& meta) {
    if (auto cached = directory_.load(trusted.gun(), role)) {
        try {
            tuf::require_match(meta, *cached, role.str());
            return std::move(*cached);
        } catch (const Error&) {
            // Another version is listed now.
        }
    }
    const auto checksum = meta.hashes.find("sha256");
    if (checksum == meta.hashes.end())
        throw tuf::Refusal(Fault::DigestMismatch, concat(role, ": no sha256 is listed"),
                           {tuf::Check::Integrity, role.str(), {}, "sha256", "other digests", {}});
    auto bytes = api_.by_checksum(role, to_hex(checksum->second),
                                  static_cast<std::size_t>(std::max<std::int64_t>(meta.length.value_or(0), 0)));
    if (!bytes)
        throw Error(Fault::NotFound, concat(trusted.gun(), ": the server lists ", role, " and does not have it"));
    return std::move(*bytes);
}

bool Updater::run_cycle(TrustedMetadata& trusted) {
    trusted.require_current_root();
    remember_cached(trusted);
    auto timestamp = api_.current(tuf::timestamp_role(), kMaxTimestampBytes);
    if (!timestamp) throw Error(Fault::NotFound, concat("the server does not have trust data for ", trusted.gun()));
    trusted.update_timestamp(std::move(*timestamp));
    trusted.update_snapshot(fetch(trusted, tuf::snapshot_role(), trusted.timestamp().payload.snapshot));
    if (!trusted.snapshot_lists_root()) return false;
    directory_.save(trusted.gun(), tuf::timestamp_role(), trusted.timestamp().bytes);
    directory_.save(trusted.gun(), tuf::snapshot_role(), trusted.snapshot().bytes);

    Bytes targets = fetch(trusted, tuf::targets_role(), *trusted.listed(tuf::targets_role()));
    remember_cached_targets(trusted, tuf::targets_role(), targets);
    trusted.update_targets(tuf::targets_role(), std::move(targets));
    directory_.save(trusted.gun(), tuf::targets_role(), trusted.targets(tuf::targets_role())->bytes);
    left_out_.clear();
    refusals_.clear();
    update_delegations(trusted, tuf::targets_role());
    warn_of_near_expiry(trusted);
    return true;
}

void Updater::update_delegations(TrustedMetadata& trusted, const RoleName& delegator) {
    for (const RoleName& role : listed_delegations(trusted, delegator)) {
        const Bytes bytes = fetch(trusted, role, *trusted.listed(role));
        const auto cached = directory_.load(trusted.gun(), role);
        remember_cached_targets(trusted, role, bytes);
        try {
            trusted.update_targets(role, bytes);
        } catch (const tuf::Refusal& refusal) {
            if (!is_left_out(refusal.fault())) throw;
            auto file = tuf::decode_targets(tuf::parse_envelope(bytes), role);
            // Signatures that no longer count do not make an older version a newer one.
            if (cached) tuf::require_not_older(role.str(), file.payload.version, version_of(*cached, role));
            left_out_.insert_or_assign(role, std::move(file));
            leave_out(role, refusal);
            continue;
        }
        directory_.save(trusted.gun(), role, trusted.targets(role)->bytes);
        update_delegations(trusted, role);
    }
}

std::optional<TrustedMetadata> Updater::load_cached(const tuf::Gun& gun) {
    TrustedMetadata trusted(gun, clock_.now());
    const auto cached = [&](const RoleName& role) {
        auto bytes = directory_.load(gun, role);
        if (!bytes) throw Error(Fault::NotFound, concat(gun, ": no ", role, " is cached"));
        return std::move(*bytes);
    };
    refusals_.clear();
    if (!directory_.load(gun, tuf::root_role())) return std::nullopt;
    const FolderLock lock(directory_.collection(gun));
    trust_cached_root(trusted, cached(tuf::root_role()));
    trusted.require_current_root();
    trusted.update_timestamp(cached(tuf::timestamp_role()));
    trusted.update_snapshot(cached(tuf::snapshot_role()));
    if (!trusted.snapshot_lists_root()) refuse_other_root(trusted, "the cached one");
    trusted.update_targets(tuf::targets_role(), cached(tuf::targets_role()));
    load_cached_delegations(trusted, tuf::targets_role());
    return trusted;
}

void Updater::load_cached_delegations(TrustedMetadata& trusted, const RoleName& delegator) {
    for (const RoleName& role : listed_delegations(trusted, delegator)) {
        auto bytes = directory_.load(trusted.gun(), role);
        if (!bytes) continue;
        try {
            trusted.update_targets(role, std::move(*bytes));
        } catch (const tuf::Refusal& refusal) {
            // The cache keeps the last version that was good, which need not be the one listed now.
            if (!is_left_out(refusal.fault()) && refusal.fault() != Fault::DigestMismatch) throw;
            leave_out(role, refusal);
            continue;
        }
        load_cached_delegations(trusted, role);
    }
}

void Updater::leave_out(const RoleName& role, const tuf::Refusal& why) {
    refusals_.push_back(why);
    warn_(concat("left out ", role, ": ", why.what()));
}

bool Updater::is_current(const TrustedMetadata& trusted) {
    try {
        trusted.require_current_root();
        return true;
    } catch (const Error&) {
        return false;
    }
}

tuf::TrustPinning Updater::pins(const tuf::Gun& gun) const {
    tuf::TrustPinning out = pinning_;
    tuf::PinnedAuthority* authority = tuf::find_authority(out, gun);
    if (authority == nullptr) return out;
    try {
        authority->bundle = read_required(authority->file);
    } catch (const Error& e) {
        throw Error(Fault::BadConfiguration,
                    concat("could not validate the path to a trusted root: could not load root cert from CA path: ",
                           e.what(), "; trust_pinning.ca names it for ", gun,
                           ", and a relative path is taken from the configuration file's folder"));
    }
    return out;
}

void Updater::warn_of_near_expiry(const TrustedMetadata& trusted) {
    const Instant soon = trusted.now() + kHalfAYear;
    const auto check = [&](const std::string& role, const Instant& expires) {
        if (tuf::is_expired(expires, soon))
            warn_(concat(role, " is nearing expiry, you should re-sign the role metadata: it expires at ",
                         to_unix_date(expires)));
    };
    check("root", trusted.root().payload.expires);
    check("snapshot", trusted.snapshot().payload.expires);
    for (const auto& [role, file] : trusted.all_targets()) check(role.str(), file.payload.expires);
    for (const tuf::KeyId& id : trusted.root().payload.role("root").keyids)
        if (const auto* bundle = trusted.root().payload.keys.at(id).certificates();
            bundle != nullptr && tuf::is_expired(bundle->leaf_end(), soon))
            warn_(concat("certificate with CN ", bundle->leaf_common_name(),
                         " is near expiry: rotate the root key before ", to_unix_date(bundle->leaf_end())));
}

}  // namespace sello::client
