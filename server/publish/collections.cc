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

bool is_complete(const Repository& repository) {
    return repository.root && repository.snapshot && repository.timestamp;
}

/// Until when it may be served without being renewed; 0 if it cannot be.
std::int64_t valid_until(const Repository& repository) {
    if (!is_complete(repository)) return 0;
    return std::min(repository.timestamp->payload.expires, repository.snapshot->payload.expires).seconds;
}

/// A place among those who wait for the signer.
class ReaderAtSigner {
public:
    ReaderAtSigner(std::counting_semaphore<>& places, const tuf::Gun& gun) : places_(places) {
        if (!places_.try_acquire())
            throw Error(Fault::ResourceExhausted, concat(gun, ": expired, and others wait for the signer already"));
    }
    ReaderAtSigner(const ReaderAtSigner&) = delete;
    ReaderAtSigner& operator=(const ReaderAtSigner&) = delete;
    ReaderAtSigner(ReaderAtSigner&&) = delete;
    ReaderAtSigner& operator=(ReaderAtSigner&&) = delete;
    ~ReaderAtSigner() { places_.release(); }

private:
    std::counting_semaphore<>& places_;
};

/// For the publisher, to whom a signer that is away is no fault of the upload.
std::string why_not_signed(const Error& e) {
    const bool is_away = e.fault() == Fault::Unavailable || e.fault() == Fault::DeadlineExceeded;
    return is_away ? concat("the server's signer is away, so nothing was published; try again: ", e.what()) : e.what();
}

}  // namespace

std::chrono::seconds Collections::renewal_age() const {
    const auto shortest = std::min(freshness_.lifetimes.timestamp, freshness_.lifetimes.snapshot);
    return share(shortest, 100 - freshness_.renew_at_percent_left);
}

std::shared_ptr<const Repository> Collections::stored(const tuf::Gun& gun) {
    if (auto repository = cache_.repository(gun)) return repository;
    const auto lock = locks_.lock_state(gun);
    return stored_locked(gun);
}

std::shared_ptr<const Repository> Collections::stored_locked(const tuf::Gun& gun) {
    auto repository = cache_.repository(gun);
    if (repository) return repository;
    repository = load_repository(store_, gun);
    if (!repository->current.empty()) cache_.put(gun, repository, valid_until(*repository));
    return repository;
}

bool Collections::is_current(const tuf::Gun& gun, const Repository& repository) const {
    const Instant now = clock_.now();
    if (!is_complete(repository) || now.seconds < valid_until(repository)) return true;
    if (now.seconds < cache_.fresh_until(gun))
        throw Error(Fault::Expired, concat(gun, ": timestamp or snapshot expired; renewing them failed a moment ago"));
    return false;
}

std::shared_ptr<const Repository> Collections::current(const tuf::Gun& gun) {
    auto repository = stored(gun);
    if (is_current(gun, *repository)) return repository;
    const ReaderAtSigner waiting(readers_at_signer_, gun);
    const auto lock = locks_.lock_to_change(gun);
    repository = stored(gun);
    if (is_current(gun, *repository)) return repository;  // renewed by another
    return renew(gun, *repository);
}

void Collections::renew_if_due(const tuf::Gun& gun) {
    const auto lock = locks_.lock_to_change(gun);
    const auto repository = stored(gun);
    if (is_complete(*repository)) (void)renew(gun, *repository);
}

std::shared_ptr<const Repository> Collections::renew(const tuf::Gun& gun, const Repository& repository) {
    try {
        const Due due = what_is_due(repository);
        if (!due.timestamp) return stored(gun);
        auto renewed = commit(gun, repository, nullptr, sign_successors(gun, repository, due));
        log::info("timestamp renewed", {{"gun", gun}, {"version", renewed->timestamp->payload.version.number()}});
        return renewed;
    } catch (const Error&) {
        put_off_next_try(gun);
        throw;
    }
}

/// A snapshot that would end before a timestamp made now is renewed with it: at the next one it may be too late.
Collections::Due Collections::what_is_due(const Repository& repository) {
    const Instant now = clock_.now();
    const auto left_of_snapshot = repository.snapshot->payload.expires - now;
    const auto left_of_timestamp = repository.timestamp->payload.expires - now;
    const int percent = freshness_.renew_at_percent_left;
    const bool timestamp_is_due = left_of_timestamp <= share(freshness_.lifetimes.timestamp, percent);
    const bool snapshot_is_due = left_of_snapshot <= share(freshness_.lifetimes.snapshot, percent) ||
                                 (timestamp_is_due && left_of_snapshot < freshness_.lifetimes.timestamp);
    const bool has_expired = tuf::is_expired(repository.snapshot->payload.expires, now);
    Due due;
    due.snapshot = snapshot_is_due && (has_expired || holds_snapshot_keys(repository.root->payload));
    due.timestamp = timestamp_is_due || due.snapshot;
    return due;
}

bool Collections::holds_snapshot_keys(const tuf::Root& root) {
    const auto& ids = root.role("snapshot").keyids;
    return !ids.empty() && std::all_of(ids.begin(), ids.end(), [&](const tuf::KeyId& id) {
        return signing_.find_key(root.keys.at(id).canonical_id()).has_value();
    });
}

Collections::ServerRoles Collections::sign_successors(const tuf::Gun& gun, const Repository& repository, Due due) {
    const Instant now = clock_.now();
    const tuf::Root& root = repository.root->payload;
    tuf::require_unexpired("root", root.expires, now);
    ServerRoles made;
    if (due.snapshot)
        made.snapshot = std::make_shared<const tuf::Signed<tuf::Snapshot>>(
            tuf::sign_snapshot(tuf::renewed_snapshot(repository.snapshot->payload, repository.root->bytes,
                                                     now + freshness_.lifetimes.snapshot),
                               root, signer_for(gun)));
    const auto& snapshot = made.snapshot ? made.snapshot : repository.snapshot;
    made.timestamp = std::make_shared<const tuf::Signed<tuf::Timestamp>>(tuf::sign_timestamp(
        tuf::next_timestamp(&repository.timestamp->payload, snapshot->bytes, now + freshness_.lifetimes.timestamp),
        root, signer_for(gun)));
    return made;
}

void Collections::put_off_next_try(const tuf::Gun& gun) {
    const auto lock = locks_.lock_state(gun);
    auto repository = stored_locked(gun);
    const Instant now = clock_.now();  // the signer may have taken long to fail
    if (now.seconds < valid_until(*repository)) return;
    cache_.put(gun, std::move(repository), (now + freshness_.retry_after).seconds);
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

    const auto lock = locks_.lock_state(gun);
    // Whatever happens from here on, what was cached may be old.
    cache_.drop(gun);
    store_.commit(gun, files.to_store);
    // A snapshot that a client made may name other files than the newest ones.
    const bool follow_snapshot = update != nullptr && update->snapshot;
    auto after = follow_snapshot ? load_repository(store_, gun)
                                 : with_files(stored, files.to_serve, std::move(root), std::move(snapshot),
                                              std::move(made.timestamp));
    cache_.put(gun, after, valid_until(*after));
    return after;
}

Publication Collections::publish(const tuf::Gun& gun, std::vector<tuf::UploadedFile> files) {
    auto upload = tuf::parse_upload(std::move(files), limits_.json);  // large ones take long: before the lock
    const auto lock = locks_.lock_to_change(gun);
    const auto stored = this->stored(gun);
    const auto update = tuf::validate_update(gun, stored->state(), std::move(upload), clock_.now(), limits_);

    const bool changes_nothing = !update.root_is_new && update.targets.empty() && !update.snapshot;
    if (changes_nothing && stored->snapshot && stored->timestamp) return {stored, false};

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
    return {commit(gun, *stored, &update, std::move(made)), true};
}

bool Collections::remove(const tuf::Gun& gun) {
    const auto change_lock = locks_.lock_to_change(gun);
    const auto state_lock = locks_.lock_state(gun);
    cache_.drop(gun);
    return store_.remove(gun);
}

tuf::PublicKey Collections::server_key(const tuf::Gun& gun, const RoleName& role) {
    const auto repository = stored(gun);
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
