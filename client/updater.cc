#include "client/updater.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "client/files.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/trust/integrity.h"

namespace sello::client {
namespace {

using tuf::RoleName;
using tuf::TrustedMetadata;

constexpr std::size_t kMaxTimestampBytes = 1U << 20U;
constexpr std::int64_t kMaxRootSteps = 1024;

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

void trust_cached_root(TrustedMetadata& trusted, Bytes bytes) {
    try {
        trusted.trust_root(std::move(bytes));
    } catch (const Error& e) {
        throw Error(e.fault(), concat("the cached root of ", trusted.gun(), " cannot be trusted: ", e.what(),
                                      "; if you know why, remove its root.json to trust the server's anew"));
    }
}

}  // namespace

std::optional<TrustedMetadata> Updater::refresh(const tuf::Gun& gun) {
    const FolderLock lock(directory_.collection(gun));
    TrustedMetadata trusted(gun, clock_.now());
    if (auto cached = directory_.load(gun, tuf::root_role())) {
        trust_cached_root(trusted, std::move(*cached));
    } else {
        auto first = api_.current(tuf::root_role(), kMaxRootBytes);
        if (!first) return std::nullopt;
        trusted.accept_first_root(std::move(*first), pinning_);
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
    if (!run_cycle(trusted))
        throw Error(Fault::DigestMismatch,
                    concat(gun, ": the snapshot lists another root than the one the server has"));
    return trusted;
}

void Updater::update_root(TrustedMetadata& trusted, const tuf::FileMeta* listed) {
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
    directory_.save(trusted.gun(), tuf::root_role(), trusted.root().bytes);
}

void Updater::walk_root_chain(TrustedMetadata& trusted, const Bytes& newest) {
    const tuf::Version last = tuf::decode_root(tuf::parse_envelope(newest)).payload.version;
    if (last.number() - trusted.root().payload.version.number() > kMaxRootSteps)
        throw Error(Fault::TooLarge, concat("root: more than ", kMaxRootSteps, " versions behind ", last));
    for (tuf::Version next = trusted.root().payload.version.next(); next < last; next = next.next()) {
        auto bytes = api_.by_version(tuf::root_role(), next, kMaxRootBytes);
        if (!bytes)
            throw Error(Fault::NotFound, concat("root: the server has no version ", next, " on the way to ", last));
        trusted.update_root(std::move(*bytes));
    }
    trusted.update_root(newest);
}

void Updater::remember_cached(TrustedMetadata& trusted) {
    if (auto bytes = directory_.load(trusted.gun(), tuf::timestamp_role()))
        trusted.remember_timestamp(std::move(*bytes));
    if (auto bytes = directory_.load(trusted.gun(), tuf::snapshot_role())) trusted.remember_snapshot(std::move(*bytes));
    if (auto bytes = directory_.load(trusted.gun(), tuf::targets_role()))
        trusted.remember_targets(tuf::targets_role(), std::move(*bytes));
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
    if (checksum == meta.hashes.end()) throw Error(Fault::DigestMismatch, concat(role, ": no sha256 is listed"));
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

    trusted.update_targets(tuf::targets_role(),
                           fetch(trusted, tuf::targets_role(), *trusted.listed(tuf::targets_role())));
    directory_.save(trusted.gun(), tuf::targets_role(), trusted.targets(tuf::targets_role())->bytes);
    update_delegations(trusted, tuf::targets_role());
    return true;
}

void Updater::update_delegations(TrustedMetadata& trusted, const RoleName& delegator) {
    std::vector<RoleName> roles;
    for (const tuf::Delegation& delegation : trusted.targets(delegator)->payload.delegations.roles)
        if (trusted.listed(delegation.name) != nullptr) roles.push_back(delegation.name);
    for (const RoleName& role : roles) {
        Bytes bytes = fetch(trusted, role, *trusted.listed(role));
        if (auto cached = directory_.load(trusted.gun(), role)) trusted.remember_targets(role, std::move(*cached));
        if (!accept_delegation(trusted, role, std::move(bytes))) continue;
        directory_.save(trusted.gun(), role, trusted.targets(role)->bytes);
        update_delegations(trusted, role);
    }
}

bool Updater::accept_delegation(TrustedMetadata& trusted, const RoleName& role, Bytes bytes) {
    try {
        trusted.update_targets(role, std::move(bytes));
        return true;
    } catch (const Error& e) {
        if (e.fault() != Fault::ThresholdNotMet && e.fault() != Fault::Expired) throw;
        warn_(concat("left out ", role, ": ", e.what()));
        return false;
    }
}

std::optional<TrustedMetadata> Updater::load_cached(const tuf::Gun& gun) {
    TrustedMetadata trusted(gun, clock_.now());
    const auto cached = [&](const RoleName& role) {
        auto bytes = directory_.load(gun, role);
        if (!bytes) throw Error(Fault::NotFound, concat(gun, ": no ", role, " is cached"));
        return std::move(*bytes);
    };
    if (!directory_.load(gun, tuf::root_role())) return std::nullopt;
    const FolderLock lock(directory_.collection(gun));
    trust_cached_root(trusted, cached(tuf::root_role()));
    trusted.require_current_root();
    trusted.update_timestamp(cached(tuf::timestamp_role()));
    trusted.update_snapshot(cached(tuf::snapshot_role()));
    trusted.update_targets(tuf::targets_role(), cached(tuf::targets_role()));
    std::vector<RoleName> open{tuf::targets_role()};
    while (!open.empty()) {
        const RoleName delegator = open.back();
        open.pop_back();
        const auto delegations = trusted.targets(delegator)->payload.delegations.roles;
        for (const tuf::Delegation& delegation : delegations) {
            auto bytes = directory_.load(gun, delegation.name);
            if (!bytes || trusted.listed(delegation.name) == nullptr) continue;
            if (accept_delegation(trusted, delegation.name, std::move(*bytes))) open.push_back(delegation.name);
        }
    }
    return trusted;
}

}  // namespace sello::client
