#pragma once

#include <map>
#include <mutex>

#include "server/storage/metadata_store.h"
#include "tuf/base/clock.h"
#include "tuf/trust/freshness.h"

namespace sello::server {

/// Keeps everything in memory and forgets it at the end. `clock` must outlive it.
class MemoryMetadataStore final : public MetadataStore {
public:
    explicit MemoryMetadataStore(const Clock& clock) : clock_(clock) {}

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
    void check_health() override {}

private:
    struct OldestFirst {
        bool operator()(tuf::Version a, tuf::Version b) const { return tuf::is_newer(b, a); }
    };
    using Versions = std::map<tuf::Version, StoredMetadata, OldestFirst>;
    using Roles = std::map<tuf::RoleName, Versions>;

    /// Null if there is none. The caller holds the mutex.
    [[nodiscard]] const Versions* find(const tuf::Gun& gun, const tuf::RoleName& role) const;
    void record(const tuf::Gun& gun, std::int64_t version, const std::string& sha256_hex, std::string_view category);

    const Clock& clock_;
    std::mutex mutex_;
    std::map<tuf::Gun, Roles> guns_;  ///< no role without a version
    std::vector<Change> changes_;
};

}  // namespace sello::server
