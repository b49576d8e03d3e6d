#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tuf/base/bytes.h"
#include "tuf/base/instant.h"
#include "tuf/names/gun.h"
#include "tuf/names/role_name.h"
#include "tuf/names/version.h"

namespace sello::server {

/// One version of one role, as it is served.
struct StoredMetadata {
    tuf::RoleName role;
    tuf::Version version;
    std::shared_ptr<const Bytes> bytes;  ///< never null
    std::string sha256_hex;
    Instant created_at;
};

/// A file to be committed.
struct NewMetadata {
    tuf::RoleName role;
    tuf::Version version;
    std::shared_ptr<const Bytes> bytes;
    std::string sha256_hex;
};

/// One row of the changefeed.
struct Change {
    std::int64_t id = 0;
    Instant created_at;
    std::string gun;
    std::int64_t version = 0;  ///< of the timestamp; 0 for a deletion
    std::string sha256_hex;    ///< of the timestamp; empty for a deletion
    std::string category;      ///< `update` or `deletion`
};

/// Which part of the changefeed: positive `records` are the first after `change_id`, negative ones the last before it
/// (`change_id` 0: the last of all); a negative `change_id` asks for the last |records| rows. Always oldest first.
struct ChangeQuery {
    std::optional<tuf::Gun> gun;
    std::int64_t change_id = 0;
    std::int64_t records = 100;
};

/// Metadata of every collection, for any thread. commit is atomic, and durable when it returns: all files and the
/// change record, or none.
class MetadataStore {
public:
    MetadataStore() = default;
    MetadataStore(const MetadataStore&) = delete;
    MetadataStore& operator=(const MetadataStore&) = delete;
    MetadataStore(MetadataStore&&) = delete;
    MetadataStore& operator=(MetadataStore&&) = delete;
    virtual ~MetadataStore() = default;

    /// The newest version of every role of the collection; empty if there is none.
    [[nodiscard]] virtual std::vector<StoredMetadata> latest_all(const tuf::Gun& gun) = 0;
    [[nodiscard]] virtual std::optional<StoredMetadata> by_version(const tuf::Gun& gun, const tuf::RoleName& role,
                                                                   tuf::Version version) = 0;
    /// `sha256_hex`: 64 lower-case hex digits.
    [[nodiscard]] virtual std::optional<StoredMetadata> by_checksum(const tuf::Gun& gun, const tuf::RoleName& role,
                                                                    const std::string& sha256_hex) = 0;

    /// Throws Error(Fault::Conflict) and stores nothing if any role's stored version is equal to or above the one
    /// offered; Error(Fault::Storage) and its kin if it cannot be made durable. A timestamp among the files adds a
    /// change of category `update`.
    virtual void commit(const tuf::Gun& gun, const std::vector<NewMetadata>& files) = 0;
    /// Removes every version of every role; adds a change `deletion` and returns true if there was any.
    virtual bool remove(const tuf::Gun& gun) = 0;
    [[nodiscard]] virtual std::vector<Change> changes(const ChangeQuery& query) = 0;
    /// Up to `limit` collections, ordered by name and after `after`, whose newest timestamp was stored before `before`.
    [[nodiscard]] virtual std::vector<tuf::Gun> stale_collections(const Instant& before, const std::string& after,
                                                                  std::size_t limit) = 0;
    /// Throws Error if a read would fail.
    virtual void check_health() = 0;
};

}  // namespace sello::server
