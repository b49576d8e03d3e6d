#include "server/storage/memory_metadata_store.h"

#include <algorithm>

#include "tuf/base/error.h"
#include "tuf/trust/freshness.h"

namespace sello::server {

const MemoryMetadataStore::Versions* MemoryMetadataStore::find(const tuf::Gun& gun, const tuf::RoleName& role) const {
    const auto roles = guns_.find(gun);
    if (roles == guns_.end()) return nullptr;
    const auto versions = roles->second.find(role);
    return versions == roles->second.end() ? nullptr : &versions->second;
}

std::optional<StoredMetadata> MemoryMetadataStore::by_version(const tuf::Gun& gun, const tuf::RoleName& role,
                                                              tuf::Version version) {
    const std::scoped_lock lock(mutex_);
    const auto* versions = find(gun, role);
    if (versions == nullptr) return std::nullopt;
    const auto found = versions->find(version);
    if (found == versions->end()) return std::nullopt;
    return found->second;
}

std::optional<StoredMetadata> MemoryMetadataStore::by_checksum(const tuf::Gun& gun, const tuf::RoleName& role,
                                                               const std::string& sha256_hex) {
    const std::scoped_lock lock(mutex_);
    const auto* versions = find(gun, role);
    if (versions == nullptr) return std::nullopt;
    for (const auto& [version, stored] : *versions)
        if (stored.sha256_hex == sha256_hex) return stored;
    return std::nullopt;
}

std::vector<StoredMetadata> MemoryMetadataStore::latest_all(const tuf::Gun& gun) {
    const std::scoped_lock lock(mutex_);
    std::vector<StoredMetadata> all;
    const auto roles = guns_.find(gun);
    if (roles == guns_.end()) return all;
    for (const auto& [role, versions] : roles->second) all.push_back(versions.rbegin()->second);
    return all;
}

void MemoryMetadataStore::commit(const tuf::Gun& gun, const std::vector<NewMetadata>& files) {
    const std::scoped_lock lock(mutex_);
    for (const auto& file : files) {
        const auto* versions = find(gun, file.role);
        if (versions == nullptr || tuf::is_newer(file.version, versions->rbegin()->first)) continue;
        throw Error(Fault::Conflict, concat(gun, " ", file.role, ": offered version ", file.version,
                                            ", stored is already version ", versions->rbegin()->first));
    }
    for (const auto& file : files) {
        auto& versions = guns_[gun][file.role];
        versions.insert_or_assign(file.version,
                                  StoredMetadata{file.role, file.version, file.bytes, file.sha256_hex, clock_.now()});
        if (file.role == tuf::timestamp_role()) record(gun, file.version.number(), file.sha256_hex, "update");
    }
}

bool MemoryMetadataStore::remove(const tuf::Gun& gun) {
    const std::scoped_lock lock(mutex_);
    if (guns_.erase(gun) == 0) return false;
    record(gun, 0, "", "deletion");
    return true;
}

void MemoryMetadataStore::record(const tuf::Gun& gun, std::int64_t version, const std::string& sha256_hex,
                                 std::string_view category) {
    const auto id = static_cast<std::int64_t>(changes_.size()) + 1;
    changes_.push_back({id, clock_.now(), gun.str(), version, sha256_hex, std::string(category)});
}

std::vector<Change> MemoryMetadataStore::changes(const ChangeQuery& query) {
    const std::scoped_lock lock(mutex_);
    const bool last_ones = query.change_id < 0 || query.records < 0;
    const auto wanted = [&](const Change& change) {
        if (query.gun && change.gun != query.gun->str()) return false;
        if (!last_ones) return change.id > query.change_id;
        return query.change_id <= 0 || change.id < query.change_id;
    };
    std::vector<Change> found;
    std::ranges::copy_if(changes_, std::back_inserter(found), wanted);
    const auto asked = query.records < 0 ? -query.records : query.records;
    const auto surplus = std::max<std::ptrdiff_t>(0, std::ssize(found) - asked);
    if (last_ones)
        found.erase(found.begin(), found.begin() + surplus);
    else
        found.erase(found.end() - surplus, found.end());
    return found;
}

std::vector<tuf::Gun> MemoryMetadataStore::stale_collections(const Instant& before, const std::string& after,
                                                             std::size_t limit) {
    const std::scoped_lock lock(mutex_);
    std::vector<tuf::Gun> stale;
    for (const auto& [gun, roles] : guns_) {
        if (stale.size() == limit) break;
        const auto timestamps = roles.find(tuf::timestamp_role());
        if (gun.str() <= after || timestamps == roles.end()) continue;
        if (timestamps->second.rbegin()->second.created_at < before) stale.push_back(gun);
    }
    return stale;
}

}  // namespace sello::server
