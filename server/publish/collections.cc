#include "server/publish/collections.h"

#include <algorithm>
#include <utility>

#include "tuf/base/error.h"
#include "tuf/base/log.h"
#include "tuf/crypto/digest.h"
#include "tuf/trust/freshness.h"

namespace sello::server {
namespace {

using tuf::RoleName;

std::chrono::seconds share(std::chrono::seconds life, int percent) { return life * percent / 100; }

/// A file about to be committed, in both forms that it is needed in.
struct NewFiles {
    std::vector<NewMetadata> to_store;
    std::vector<StoredMetadata> to_serve;

    void add(const RoleName& role, tuf::Version version, const Bytes& bytes, const Instant& now) {
        const auto shared = std::make_shared<const Bytes>(bytes);
        const std::string checksum = tuf::sha256_hex(bytes);
        to_store.push_back({role, version, shared, checksum});
        to_serve.push_back({role, version, shared, checksum, now});
    }
};

void require_newer(const Repository& stored, const RoleName& role, tuf::Version offered) {
    const auto newest = stored.newest.find(role);
    if (newest != stored.newest.end() && !tuf::is_newer(offered, newest->second))
        throw Error(Fault::Conflict, concat(role, ": version ", newest->second, " is stored already, got ", offered));
}

/// For the publisher, to whom a signer that is away is no fault of the upload.
std::string why_not_signed(const Error& e) {
    const bool is_away = e.fault() == Fault::Unavailable || e.fault() == Fault::DeadlineExceeded;
    return is_away ? concat("the server's signer is away, so nothing was published; try again: ", e.what()) : e.what();
}

}  // namespace

std::chrono::seconds Collections::renewal_age() const {
    return share(freshness_.lifetimes.timestamp, 100 - freshness_.renew_at_percent_left);
}

std::shared_ptr<const Repository> Collections::admitted(std::shared_ptr<const Repository> repository,
                                                        Expired expired) const {
    if (expired == Expired::Refuse && repository->timestamp && repository->snapshot) {
        tuf::require_unexpired("timestamp", repository->timestamp->payload.expires, clock_.now());
        tuf::require_unexpired("snapshot", repository->snapshot->payload.expires, clock_.now());
    }
    return repository;
}

std::shared_ptr<const Repository> Collections::current(const tuf::Gun& gun, Expired expired) {
    if (clock_.now().seconds < cache_.fresh_until(gun))
        if (auto repository = cache_.repository(gun)) return admitted(std::move(repository), expired);
    const auto lock = locks_.lock(gun);
    return current_locked(gun, expired);
}

std::shared_ptr<const Repository> Collections::current_locked(const tuf::Gun& gun, Expired expired) {
    auto repository = cache_.repository(gun);
    if (repository && clock_.now().seconds < cache_.fresh_until(gun)) return admitted(std::move(repository), expired);
    repository = load_repository(store_, gun);
    if (!repository->timestamp || !repository->snapshot || !repository->root) {
        if (!repository->current.empty()) cache_.put(gun, repository, 0);
        return repository;
    }
    return renew(gun, std::move(repository), expired);
}

bool Collections::snapshot_is_due(const Repository& repository) const {
    const auto left = repository.snapshot->payload.expires - clock_.now();
    return left <= share(freshness_.lifetimes.snapshot, freshness_.renew_at_percent_left);
}

bool Collections::timestamp_is_due(const Repository& repository) const {
    const auto left = repository.timestamp->payload.expires - clock_.now();
    return left <= share(freshness_.lifetimes.timestamp, freshness_.renew_at_percent_left);
}

bool Collections::holds_snapshot_keys(const tuf::Root& root) {
    const auto& ids = root.role("snapshot").keyids;
    return !ids.empty() && std::all_of(ids.begin(), ids.end(), [&](const tuf::KeyId& id) {
        return signing_.find_key(root.keys.at(id).canonical_id()).has_value();
    });
}

std::int64_t Collections::fresh_until(const Repository& repository) const {
    const auto until = [&](const Instant& expires, std::chrono::seconds life) {
        return expires.seconds - share(life, freshness_.renew_at_percent_left).count();
    };
    return std::min(until(repository.timestamp->payload.expires, freshness_.lifetimes.timestamp),
                    repository.snapshot->payload.expires.seconds);
}

std::shared_ptr<const Repository> Collections::renew(const tuf::Gun& gun, std::shared_ptr<const Repository> repository,
                                                     Expired when_expired) {
    const Instant now = clock_.now();
    const tuf::Root& root = repository->root->payload;
    const bool snapshot_expired = tuf::is_expired(repository->snapshot->payload.expires, now);
    const bool expired = snapshot_expired || tuf::is_expired(repository->timestamp->payload.expires, now);
    try {
        ServerRoles made;
        const bool renew_snapshot = snapshot_is_due(*repository) && (snapshot_expired || holds_snapshot_keys(root));
        if (!renew_snapshot && !timestamp_is_due(*repository)) {
            cache_.put(gun, repository, fresh_until(*repository));
            return repository;
        }
        tuf::require_unexpired("root", root.expires, now);
        if (renew_snapshot)
            made.snapshot = std::make_shared<const tuf::Signed<tuf::Snapshot>>(
                tuf::sign_snapshot(tuf::renewed_snapshot(repository->snapshot->payload, repository->root->bytes,
                                                         now + freshness_.lifetimes.snapshot),
                                   root, signer_for(gun)));
        const auto& snapshot = made.snapshot ? made.snapshot : repository->snapshot;
        made.timestamp = std::make_shared<const tuf::Signed<tuf::Timestamp>>(tuf::sign_timestamp(
            tuf::next_timestamp(&repository->timestamp->payload, snapshot->bytes, now + freshness_.lifetimes.timestamp),
            root, signer_for(gun)));
        auto renewed = commit(gun, *repository, nullptr, std::move(made));
        log::info("timestamp renewed", {{"gun", gun}, {"version", renewed->timestamp->payload.version.number()}});
        return renewed;
    } catch (const Error& e) {
        const Instant retry = now + freshness_.retry_after;
        if (expired) {
            cache_.put(gun, repository, retry.seconds);
            if (when_expired == Expired::Refuse) throw;
            return repository;
        }
        log::warning("renewal failed, serving what is still valid", {{"gun", gun}, {"reason", e.what()}});
        const std::int64_t ends =
            std::min(repository->timestamp->payload.expires, repository->snapshot->payload.expires).seconds;
        cache_.put(gun, repository, std::min(retry.seconds, ends));
        return repository;
    }
}

tuf::SignFunction Collections::signer_for(const tuf::Gun& gun) {
    return [this, gun](const RoleName& role, const tuf::PublicKey& key, ByteView message) {
        return signing_.sign(gun, role, key, message);
    };
}

Collections::ServerRoles Collections::complete(const tuf::Gun& gun, const Repository& stored,
                                               const tuf::ValidatedUpdate& update) {
    const Instant now = clock_.now();
    const tuf::Root& root = update.root->payload;
    ServerRoles made;
    if (!update.snapshot) {
        if (!stored.snapshot && !update.targets.contains(tuf::targets_role()))
            throw Error(Fault::FailedPrecondition, "targets must be loaded first");
        const tuf::Snapshot* previous = stored.snapshot ? &stored.snapshot->payload : nullptr;
        made.snapshot = std::make_shared<const tuf::Signed<tuf::Snapshot>>(tuf::sign_snapshot(
            tuf::next_snapshot(previous, update, now + freshness_.lifetimes.snapshot), root, signer_for(gun)));
    }
    const Bytes& snapshot = made.snapshot ? made.snapshot->bytes : update.snapshot->bytes;
    const tuf::Timestamp* previous = stored.timestamp ? &stored.timestamp->payload : nullptr;
    made.timestamp = std::make_shared<const tuf::Signed<tuf::Timestamp>>(tuf::sign_timestamp(
        tuf::next_timestamp(previous, snapshot, now + freshness_.lifetimes.timestamp), root, signer_for(gun)));
    return made;
}

std::shared_ptr<const Repository> Collections::commit(const tuf::Gun& gun, const Repository& stored,
                                                      const tuf::ValidatedUpdate* update, ServerRoles made) {
    const Instant now = clock_.now();
    NewFiles files;
    auto root = stored.root;
    auto snapshot = stored.snapshot;
    if (update != nullptr) {
        root = update->root;
        if (update->root_is_new) files.add(tuf::root_role(), root->payload.version, root->bytes, now);
        for (const auto& [role, file] : update->targets) files.add(role, file->payload.version, file->bytes, now);
    }
    if (made.snapshot || (update != nullptr && update->snapshot)) {
        snapshot = made.snapshot ? made.snapshot : update->snapshot;
        files.add(tuf::snapshot_role(), snapshot->payload.version, snapshot->bytes, now);
    }
    files.add(tuf::timestamp_role(), made.timestamp->payload.version, made.timestamp->bytes, now);

    // Whatever happens from here on, what was cached may be old.
    cache_.drop(gun);
    store_.commit(gun, files.to_store);
    // A snapshot that a client made may name other files than the newest ones.
    const bool follow_snapshot = update != nullptr && update->snapshot;
    auto after = follow_snapshot ? load_repository(store_, gun)
                                 : with_files(stored, files.to_serve, std::move(root), std::move(snapshot),
                                              std::move(made.timestamp));
    cache_.put(gun, after, fresh_until(*after));
    return after;
}

std::shared_ptr<const Repository> Collections::publish(const tuf::Gun& gun, std::vector<tuf::UploadedFile> files) {
    auto upload = tuf::parse_upload(std::move(files), limits_.json);  // large ones take long: before the lock
    const auto lock = locks_.lock_to_change(gun);
    auto stored = cache_.repository(gun);
    if (!stored) stored = load_repository(store_, gun);
    const auto update = tuf::validate_update(gun, stored->state(), std::move(upload), clock_.now(), limits_);

    const bool changes_nothing = !update.root_is_new && update.targets.empty() && !update.snapshot;
    if (changes_nothing && stored->snapshot && stored->timestamp) return stored;

    // Before anything is signed; commit checks again, against what is stored by then.
    if (update.root_is_new) require_newer(*stored, tuf::root_role(), update.root->payload.version);
    for (const auto& [role, file] : update.targets) require_newer(*stored, role, file->payload.version);
    if (update.snapshot) require_newer(*stored, tuf::snapshot_role(), update.snapshot->payload.version);

    ServerRoles made;
    try {
        made = complete(gun, *stored, update);
    } catch (const Error& e) {
        throw tuf::UpdateError(tuf::UpdatePart::General, e.fault(), why_not_signed(e));
    }
    return commit(gun, *stored, &update, std::move(made));
}

bool Collections::remove(const tuf::Gun& gun) {
    const auto lock = locks_.lock_to_change(gun);
    cache_.drop(gun);
    return store_.remove(gun);
}

tuf::PublicKey Collections::server_key(const tuf::Gun& gun, const RoleName& role) {
    const auto repository = current(gun);
    if (repository->root) {
        const tuf::Root& root = repository->root->payload;
        for (const tuf::KeyId& id : root.role(role.str()).keyids)
            if (auto key = signing_.find_key(root.keys.at(id).canonical_id())) return *key;
    }
    return signing_.create_key(gun, role);
}

tuf::PublicKey Collections::next_server_key(const tuf::Gun& gun, const RoleName& role) {
    return signing_.create_key(gun, role);
}

}  // namespace sello::server
