#include "server/publish/repository.h"

#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"

namespace sello::server {
namespace {

using tuf::RoleName;

/// What was accepted under other limits must still load.
constexpr tuf::JsonLimits kStoredLimits{.max_depth = 64, .max_signatures = 100'000, .max_values = SIZE_MAX};

/// Decodes a document that was validated before it was stored.
template <class Decode>
auto decode_stored(const tuf::Gun& gun, const StoredMetadata& file, const Decode& decode) {
    try {
        auto decoded = decode(tuf::parse_envelope(*file.bytes, kStoredLimits));
        return std::make_shared<const decltype(decoded)>(std::move(decoded));
    } catch (const Error& e) {
        throw Error(Fault::DataLoss, concat(gun, ": stored ", file.role, " version ", file.version, ": ", e.what()));
    }
}

class RepositoryLoader {
public:
    RepositoryLoader(MetadataStore& store, const tuf::Gun& gun) : store_(store), gun_(gun) {
        for (StoredMetadata& file : store.latest_all(gun)) {
            repository_->newest.emplace(file.role, file.version);
            newest_.emplace(file.role, std::move(file));
        }
    }

    std::shared_ptr<const Repository> run() {
        if (const auto file = newest_.find(tuf::timestamp_role()); file != newest_.end()) {
            repository_->timestamp = decode_stored(gun_, file->second, tuf::decode_timestamp);
            repository_->current.insert(*file);
            take(tuf::snapshot_role(), repository_->timestamp->payload.snapshot);
        }
        if (const StoredMetadata* file = repository_->find(tuf::snapshot_role())) {
            repository_->snapshot = decode_stored(gun_, *file, tuf::decode_snapshot);
            for (const auto& [role, meta] : repository_->snapshot->payload.meta)
                if (tuf::is_notary_role(role)) take(RoleName(role), meta);
        }
        if (const auto file = newest_.find(tuf::root_role()); file != newest_.end()) repository_->current.insert(*file);
        if (const StoredMetadata* file = repository_->find(tuf::root_role()))
            repository_->root = decode_stored(gun_, *file, tuf::decode_root);
        return repository_;
    }

private:
    /// Serves the file that `meta` names, if it is stored.
    void take(const RoleName& role, const tuf::FileMeta& meta) {
        const auto listed = meta.hashes.find("sha256");
        if (listed == meta.hashes.end()) return;
        const std::string checksum = to_hex(listed->second);
        const auto file = newest_.find(role);
        if (file != newest_.end() && file->second.sha256_hex == checksum) {
            repository_->current.insert_or_assign(role, file->second);
        } else if (auto older = store_.by_checksum(gun_, role, checksum)) {
            repository_->current.insert_or_assign(role, std::move(*older));
        }
    }

    MetadataStore& store_;
    const tuf::Gun& gun_;
    std::map<RoleName, StoredMetadata> newest_;
    std::shared_ptr<Repository> repository_ = std::make_shared<Repository>();
};

}  // namespace

const StoredMetadata* Repository::find(const RoleName& role) const {
    const auto file = current.find(role);
    return file == current.end() ? nullptr : &file->second;
}

tuf::StoredState Repository::state() const {
    tuf::StoredState state{root, snapshot, timestamp, {}};
    state.targets = [this](const RoleName& role) -> std::shared_ptr<const tuf::Signed<tuf::Targets>> {
        const StoredMetadata* file = find(role);
        if (file == nullptr) return nullptr;
        return std::make_shared<const tuf::Signed<tuf::Targets>>(
            tuf::decode_targets(tuf::parse_envelope(*file->bytes, kStoredLimits), role));
    };
    return state;
}

std::size_t Repository::size() const {
    std::size_t total = sizeof(Repository);
    for (const auto& [role, file] : current) total += file.bytes->size() + 512;
    // The decoded ones keep their bytes and the signed message beside the tree.
    if (root) total += 4 * root->bytes.size();
    if (snapshot) total += 4 * snapshot->bytes.size();
    if (timestamp) total += 4 * timestamp->bytes.size();
    return total;
}

std::shared_ptr<const Repository> load_repository(MetadataStore& store, const tuf::Gun& gun) {
    return RepositoryLoader(store, gun).run();
}

std::shared_ptr<const Repository> with_files(const Repository& before, const std::vector<StoredMetadata>& files,
                                             std::shared_ptr<const tuf::Signed<tuf::Root>> root,
                                             std::shared_ptr<const tuf::Signed<tuf::Snapshot>> snapshot,
                                             std::shared_ptr<const tuf::Signed<tuf::Timestamp>> timestamp) {
    auto after = std::make_shared<Repository>(before);
    for (const StoredMetadata& file : files) {
        after->current.insert_or_assign(file.role, file);
        after->newest.insert_or_assign(file.role, file.version);
    }
    after->root = std::move(root);
    after->snapshot = std::move(snapshot);
    after->timestamp = std::move(timestamp);
    return after;
}

}  // namespace sello::server
