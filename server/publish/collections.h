#pragma once

#include <chrono>
#include <memory>
#include <semaphore>
#include <vector>

#include "server/publish/collection_locks.h"
#include "server/publish/repository.h"
#include "server/publish/serving_cache.h"
#include "server/signing/signing_service.h"
#include "server/storage/metadata_store.h"
#include "tuf/authoring/server_roles.h"
#include "tuf/base/clock.h"

namespace sello::server {

struct FreshnessSettings {
    tuf::Lifetimes lifetimes;
    /// Timestamp and server-held snapshot are renewed when this share of their life, in percent, is left.
    int renew_at_percent_left = 33;
    /// After a renewal that failed, what has expired is refused this long before a reader has it tried again.
    std::chrono::seconds retry_after{30};
};

/// What a publish came to.
struct Publication {
    std::shared_ptr<const Repository> repository;
    bool is_new = false;  ///< false: the upload changed nothing
};

/// Every change to a collection, and the way to its current state. For any thread.
class Collections {
public:
    Collections(MetadataStore& store, SigningService& signing, const Clock& clock, ServingCache& cache,
                FreshnessSettings freshness, tuf::UpdateLimits limits, std::size_t waiting_changes = kWaitingChanges)
        : store_(store),
          signing_(signing),
          clock_(clock),
          cache_(cache),
          freshness_(freshness),
          limits_(limits),
          locks_(waiting_changes),
          readers_at_signer_(static_cast<std::ptrdiff_t>(waiting_changes)) {}

    /// How many changes wait for one collection at most, and readers for the signer, unless told otherwise.
    static constexpr std::size_t kWaitingChanges = 8;

    /// The collection as it is stored, whether or not anything in it has expired. Without files if there is none.
    [[nodiscard]] std::shared_ptr<const Repository> stored(const tuf::Gun& gun);

    /// The collection with a timestamp and a snapshot that are valid: what has expired is renewed first. Throws why
    /// that failed, Error(Fault::Expired) if it failed a moment ago, or Error(Fault::ResourceExhausted) if too many
    /// wait for the signer already.
    [[nodiscard]] std::shared_ptr<const Repository> current(const tuf::Gun& gun);

    /// Calls `use` with the collection as it is stored while nobody can change it: for filling the cache. Does not wait
    /// for the signer, whatever others are at.
    template <class Use>
    auto with_stored(const tuf::Gun& gun, const Use& use) {
        const auto lock = locks_.lock_state(gun);
        return use(*stored_locked(gun));
    }

    /// Renews timestamp and snapshot where that is due. Nobody waits for it, since what is there is still valid. Throws
    /// why it failed.
    void renew_if_due(const tuf::Gun& gun);

    /// Validates an upload, completes it with what the server signs, and commits all of it. Durable when it returns.
    /// Throws tuf::UpdateError, Error(Fault::Conflict) if another publisher was first, or
    /// Error(Fault::ResourceExhausted) if too many wait for this collection.
    Publication publish(const tuf::Gun& gun, std::vector<tuf::UploadedFile> files);

    /// Removes the collection; signer keys stay. True if there was any.
    bool remove(const tuf::Gun& gun);

    /// The public key of a role that the server signs: that of the root if the signer holds it, else a new one.
    [[nodiscard]] tuf::PublicKey server_key(const tuf::Gun& gun, const tuf::RoleName& role);
    /// The key to rotate to.
    [[nodiscard]] tuf::PublicKey next_server_key(const tuf::Gun& gun, const tuf::RoleName& role);

    /// The age from which on a timestamp, or the snapshot that was made with it, may be due.
    [[nodiscard]] std::chrono::seconds renewal_age() const;

private:
    struct ServerRoles {
        std::shared_ptr<const tuf::Signed<tuf::Snapshot>> snapshot;  ///< null: the stored one stays
        std::shared_ptr<const tuf::Signed<tuf::Timestamp>> timestamp;
    };

    struct Due {
        bool snapshot = false;
        bool timestamp = false;
    };

    std::shared_ptr<const Repository> stored_locked(const tuf::Gun& gun);
    /// False if it has to be renewed before it is served. Throws Error(Fault::Expired) if that failed a moment ago.
    [[nodiscard]] bool is_current(const tuf::Gun& gun, const Repository& repository) const;

    // For who changes the collection.
    std::shared_ptr<const Repository> renew(const tuf::Gun& gun, const Repository& repository);
    [[nodiscard]] Due what_is_due(const Repository& repository);
    [[nodiscard]] bool holds_snapshot_keys(const tuf::Root& root);
    [[nodiscard]] ServerRoles sign_successors(const tuf::Gun& gun, const Repository& repository, Due due);
    /// What has expired is refused without another try, for a while.
    void put_off_next_try(const tuf::Gun& gun);

    [[nodiscard]] ServerRoles complete(const tuf::Gun& gun, const Repository& stored,
                                       const tuf::ValidatedUpdate& update);
    std::shared_ptr<const Repository> commit(const tuf::Gun& gun, const Repository& stored,
                                             const tuf::ValidatedUpdate* update, ServerRoles made);
    [[nodiscard]] tuf::SignFunction signer_for(const tuf::Gun& gun);

    MetadataStore& store_;
    SigningService& signing_;
    const Clock& clock_;
    ServingCache& cache_;
    FreshnessSettings freshness_;
    tuf::UpdateLimits limits_;
    CollectionLocks locks_;
    /// Readers who wait until something expired is renewed, so that not all workers do.
    std::counting_semaphore<> readers_at_signer_;
};

}  // namespace sello::server
