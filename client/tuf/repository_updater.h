#pragma once

#include <filesystem>
#include <string>

#include "client/tuf/metadata_directory.h"
#include "client/tuf/repository.h"
#include "tuf/trust/target_search.h"
#include "tuf/trust/trusted_metadata.h"

namespace sello::client {

/// One run of a TUF 1.0 client: the detailed workflow of the specification, section 5, one request after the other and
/// none beside, at one fixed time. Each file that is accepted is kept at once; one that is refused never is, and ends
/// the run, which leaves what was accepted before it.
class RepositoryUpdater {
public:
    RepositoryUpdater(const MetadataDirectory& directory, Repository& repository, Instant now)
        : directory_(directory), repository_(repository), trusted_(now) {}

    /// Root, timestamp, snapshot, targets. Throws tuf::Refusal for what is not to be trusted, Error for the rest.
    void refresh();
    /// The entry for a target, with the delegations that lead to it loaded on the way. Throws Error(Fault::NotFound).
    [[nodiscard]] tuf::FoundTarget find(const std::string& target_name);
    /// The target's verified content in `folder`, in a file that its name alone decides. Nothing is fetched, and the
    /// file is not touched, where it is there already. Returns the file.
    std::filesystem::path download(const tuf::FoundTarget& found, const std::filesystem::path& folder);

    [[nodiscard]] const tuf::TrustedMetadata& trusted() const noexcept { return trusted_; }

private:
    /// nullopt too for a file that is there and cannot be read.
    [[nodiscard]] std::optional<Bytes> load_cached(const tuf::RoleName& role) const;
    void update_root();
    void update_timestamp();
    void update_snapshot();
    const tuf::Targets& load_targets(const tuf::RoleName& role, const tuf::RoleName& delegator);
    [[nodiscard]] Bytes fetch_listed(const tuf::RoleName& role, const tuf::FileMeta& listed, std::size_t unlisted_max);

    const MetadataDirectory& directory_;
    Repository& repository_;
    tuf::TrustedMetadata trusted_;
};

/// Stores the anchor that a client of a TUF 1.0 repository starts from, if it verifies against itself. Asks nobody.
/// What was kept of another repository goes; the same one's files go on to set the versions below which nothing is
/// taken.
void init_repository(const MetadataDirectory& directory, Bytes trusted_root, Instant now);

}  // namespace sello::client
