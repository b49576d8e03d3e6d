#pragma once

#include <map>
#include <memory>
#include <optional>

#include "server/storage/metadata_store.h"
#include "tuf/metadata/codec.h"
#include "tuf/trust/validate_update.h"

namespace sello::server {

/// What a collection serves now: the newest timestamp, the snapshot it names, and of every role the file that this
/// snapshot names. Immutable; a publish makes another.
struct Repository {
    std::map<tuf::RoleName, StoredMetadata> current;
    std::map<tuf::RoleName, tuf::Version> newest;  ///< newest stored version, whether or not it is served
    std::shared_ptr<const tuf::Signed<tuf::Root>> root;
    std::shared_ptr<const tuf::Signed<tuf::Snapshot>> snapshot;
    std::shared_ptr<const tuf::Signed<tuf::Timestamp>> timestamp;

    /// Null if the role is not served.
    [[nodiscard]] const StoredMetadata* find(const tuf::RoleName& role) const;
    /// For validate_update. Borrows this.
    [[nodiscard]] tuf::StoredState state() const;
    /// Bytes of the served files.
    [[nodiscard]] std::size_t size() const;
};

/// Reads a collection from the store; one without files if there is none. A root that the snapshot does not name is
/// taken by its highest version, so that continuity is never lost. Throws Error(Fault::DataLoss) on a stored document
/// that cannot be read.
[[nodiscard]] std::shared_ptr<const Repository> load_repository(MetadataStore& store, const tuf::Gun& gun);

/// `before` with these files in place of its own.
[[nodiscard]] std::shared_ptr<const Repository> with_files(
    const Repository& before, const std::vector<StoredMetadata>& files,
    std::shared_ptr<const tuf::Signed<tuf::Root>> root, std::shared_ptr<const tuf::Signed<tuf::Snapshot>> snapshot,
    std::shared_ptr<const tuf::Signed<tuf::Timestamp>> timestamp);

}  // namespace sello::server
