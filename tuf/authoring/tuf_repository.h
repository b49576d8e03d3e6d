#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tuf/authoring/repository_editor.h"
#include "tuf/metadata/codec.h"
#include "tuf/trust/trusted_metadata.h"

namespace sello::tuf {

/// How long each role lives, counted from the signing.
struct TufLifetimes {
    std::chrono::seconds root = std::chrono::hours(24 * 365);
    std::chrono::seconds targets = std::chrono::hours(24 * 180);
    std::chrono::seconds snapshot = std::chrono::hours(24 * 14);
    std::chrono::seconds timestamp = std::chrono::hours(24);
};

/// `name` is what clients ask for: `2.targets.json`, `2.team%2Fa.json`, `timestamp.json`.
struct RepositoryFile {
    std::string name;
    Bytes bytes;
};

/// The publisher's side of a TUF 1.0 repository with consistent snapshots: edit the documents as you like, then publish
/// what changed.
class TufRepository {
public:
    /// One that is not published. No role has keys yet.
    TufRepository();
    /// As it was published and verified, with those of its delegated roles that were loaded.
    explicit TufRepository(const TrustedMetadata& trusted);

    /// To be edited; who signs, with role_edit.h. Versions and ends are publish()'s to set.
    [[nodiscard]] Root& root() { return root_.payload; }
    /// The same of `targets` or of a delegated role, which gets an empty file if it has none.
    [[nodiscard]] Targets& file_of(const RoleName& role) { return files_[role].payload; }
    /// Signs the role again at the next publish(), though nothing in it changes.
    void renew(const RoleName& role) { renewed_.insert(role); }

    /// Signs what changed, what its present signers have not signed, and what lists such a file, each with its next
    /// version; every bin has a file. Gives the files in the order in which they have to be stored: what is listed
    /// before what lists it, and the timestamp last. Throws, and changes nothing: Error(Fault::FailedPrecondition) for
    /// a role that could not be signed for as role_edit.h says, or that none or two delegate to, and Refusal for one of
    /// which too few keys are held.
    [[nodiscard]] std::vector<RepositoryFile> publish(const PrivateKeyFinder& keys, const Instant& now,
                                                      const TufLifetimes& lifetimes = {});

private:
    template <class Payload>
    struct Document {
        Payload payload;
        std::optional<Signed<Payload>> published;
    };
    struct Signers {
        const RoleKeys* role;
        const Keys* keys;
    };
    class Publication;

    [[nodiscard]] Signers top_level_signers(const RoleName& role) const;
    /// nullopt if nobody delegates to it.
    [[nodiscard]] std::optional<Signers> signers_of(const RoleName& role) const;
    void add_bins();

    Document<Root> root_;
    std::map<RoleName, Document<Targets>> files_;
    Document<Snapshot> snapshot_;
    Document<Timestamp> timestamp_;
    std::set<RoleName> renewed_;
};

}  // namespace sello::tuf
