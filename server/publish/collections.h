#pragma once

#include <chrono>
#include <memory>
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
    /// After a renewal that failed, what is still valid is served this long before the next try.
    std::chrono::seconds retry_after{30};
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
          locks_(waiting_changes) {}

    /// How many changes wait for one collection at most, unless told otherwise.
    static constexpr std::size_t kWaitingChanges = 8;

    /// What to do with a timestamp or snapshot that has expired and cannot be renewed.
    enum class Expired { Refuse, Accept };

    /// The collection as it is to be served now; its timestamp and snapshot are renewed first where that is due. What
    /// cannot be renewed but is still valid is served. Without files if there is none.
    [[nodiscard]] std::shared_ptr<const Repository> current(const tuf::Gun& gun, Expired expired = Expired::Accept);

    /// Calls `use` with the current collection while nobody can change it: for filling the cache.
    template <class Use>
    auto with_current(const tuf::Gun& gun, Expired expired, const Use& use) {
        const auto lock = locks_.lock(gun);
        return use(*current_locked(gun, expired));
    }

    /// Validates an upload, completes it with what the server signs, and commits all of it. Durable when it returns.
    /// Throws tuf::UpdateError, Error(Fault::Conflict) if another publisher was first, or
    /// Error(Fault::ResourceExhausted) if too many wait for this collection.
    std::shared_ptr<const Repository> publish(const tuf::Gun& gun, std::vector<tuf::UploadedFile> files);

    /// Removes the collection; signer keys stay. True if there was any.
    bool remove(const tuf::Gun& gun);

    /// The public key of a role that the server signs: that of the root if the signer holds it, else a new one.
    [[nodiscard]] tuf::PublicKey server_key(const tuf::Gun& gun, const tuf::RoleName& role);
    /// The key to rotate to.
    [[nodiscard]] tuf::PublicKey next_server_key(const tuf::Gun& gun, const tuf::RoleName& role);

    /// When a collection made at `now` has to be renewed.
    [[nodiscard]] std::chrono::seconds renewal_age() const;

private:
    struct ServerRoles {
        std::shared_ptr<const tuf::Signed<tuf::Snapshot>> snapshot;  ///< null: the stored one stays
        std::shared_ptr<const tuf::Signed<tuf::Timestamp>> timestamp;
    };

    /// Throws Error(Fault::Expired) if it is expired and that is not accepted: the last renewal failed a moment ago.
    [[nodiscard]] std::shared_ptr<const Repository> admitted(std::shared_ptr<const Repository> repository,
                                                             Expired expired) const;
    std::shared_ptr<const Repository> current_locked(const tuf::Gun& gun, Expired expired);
    std::shared_ptr<const Repository> renew(const tuf::Gun& gun, std::shared_ptr<const Repository> repository,
                                            Expired expired);
    [[nodiscard]] bool snapshot_is_due(const Repository& repository) const;
    [[nodiscard]] bool timestamp_is_due(const Repository& repository) const;
    [[nodiscard]] bool holds_snapshot_keys(const tuf::Root& root);
    [[nodiscard]] std::int64_t fresh_until(const Repository& repository) const;
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
};

}  // namespace sello::server
