#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "schemas/database/database.h"
#include "server/storage/metadata_store.h"
#include "server/storage/store_lock.h"
#include "tuf/base/clock.h"

namespace sello::server {

struct SqlStoreOptions {
    std::string path;
    /// Connections kept open for readers. More readers at once open more for the moment.
    std::size_t idle_readers = 16;
    /// Commits that share one transaction, and so one flush of the disk.
    std::size_t largest_batch = 256;
};

/// Metadata in SQLite, in Notary's tables. One thread writes: it takes all commits that are waiting, does each under a
/// savepoint of one transaction, and wakes them when that is on disk. Readers have connections of their own.
class SqlMetadataStore final : public MetadataStore {
public:
    /// Opens or creates the database and brings its schema up to date. `clock` must outlive it. Throws
    /// Error(Fault::Unavailable) if another store has it open.
    SqlMetadataStore(SqlStoreOptions options, const Clock& clock);
    /// Waits for the commits that were begun.
    ~SqlMetadataStore() override;
    SqlMetadataStore(const SqlMetadataStore&) = delete;
    SqlMetadataStore& operator=(const SqlMetadataStore&) = delete;
    SqlMetadataStore(SqlMetadataStore&&) = delete;
    SqlMetadataStore& operator=(SqlMetadataStore&&) = delete;

    std::optional<StoredMetadata> by_version(const tuf::Gun& gun, const tuf::RoleName& role,
                                             tuf::Version version) override;
    std::optional<StoredMetadata> by_checksum(const tuf::Gun& gun, const tuf::RoleName& role,
                                              const std::string& sha256_hex) override;
    std::vector<StoredMetadata> latest_all(const tuf::Gun& gun) override;
    void commit(const tuf::Gun& gun, const std::vector<NewMetadata>& files) override;
    bool remove(const tuf::Gun& gun) override;
    std::vector<Change> changes(const ChangeQuery& query) override;
    std::vector<tuf::Gun> stale_collections(const Instant& before, const std::string& after,
                                            std::size_t limit) override;
    void check_health() override;

private:
    /// One caller's work on the writer's connection, and the promise that wakes the caller.
    struct Write {
        std::function<void(schemas::Database&)> apply;
        std::exception_ptr failure;
        std::promise<void> done;
    };
    class Reader;

    /// Runs `apply` in a transaction, shared with others. Returns when it is on disk; throws what `apply` threw, or
    /// why the whole transaction failed.
    void write(std::function<void(schemas::Database&)> apply);
    void write_batches();
    void write_batch(std::vector<Write*>& batch);

    SqlStoreOptions options_;
    const Clock& clock_;

    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<schemas::Database>> readers_;

    StoreLock lock_;
    schemas::Database writer_;  ///< of the writing thread, once that runs
    std::mutex queue_mutex_;
    std::condition_variable queue_changed_;
    std::deque<Write*> queue_;  ///< each lives on the stack of its waiting caller
    bool stopping_ = false;
    std::thread writing_thread_;
};

}  // namespace sello::server
