#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tuf/authoring/draft.h"
#include "tuf/metadata/codec.h"
#include "tuf/names/gun.h"
#include "tuf/trust/trusted_metadata.h"
#include "tuf/trust/validate_update.h"

namespace sello::tuf {

/// An edit of one delegation; what is empty stays as it is.
struct DelegationEdit {
    std::optional<std::int64_t> threshold;
    std::vector<PublicKey> add_keys;
    std::vector<std::string> remove_keys;  ///< canonical key ids
    std::vector<std::string> add_paths;
    std::vector<std::string> remove_paths;
    bool clear_paths = false;
};

/// Signs `message` as `role` with the private half of `key`; nullopt if it is not held.
using PrivateKeyFinder =
    std::function<std::optional<Signature>(const RoleName& role, const PublicKey& key, ByteView message)>;

/// How long the roles live that a publisher signs, counted from the signing.
struct PublisherLifetimes {
    std::chrono::seconds root = std::chrono::hours(24 * 3650);
    std::chrono::seconds targets = std::chrono::hours(24 * 1095);
    std::chrono::seconds snapshot = std::chrono::hours(24 * 1095);
};

/// The publisher's side of a collection: takes edits, then gives the files to upload, each role with its next version.
/// Every edit throws Error and changes nothing if it cannot be made.
class RepositoryEditor {
public:
    /// A collection that is published: edits start from what was verified.
    explicit RepositoryEditor(const TrustedMetadata& trusted);
    /// One that is not: root as it was signed when it was made, targets and maybe a snapshot of version 1.
    RepositoryEditor(Gun gun, Signed<Root> root, Targets targets, std::optional<Snapshot> snapshot);

    void add_target(const RoleName& role, const std::string& name, Target target);
    /// No error if it is not there.
    void remove_target(const RoleName& role, const std::string& name);
    /// Makes the delegation if there is none.
    void add_delegation(const RoleName& role, const DelegationEdit& edit);
    void update_delegation(const RoleName& role, const DelegationEdit& edit);
    void remove_delegation(const RoleName& role);
    /// Removes keys from every delegation, by canonical id.
    void purge_keys(const std::vector<std::string>& canonical_ids);
    /// The published file of a delegation that is not trusted, since it is expired or not properly signed. Nothing but
    /// witness() or removal touches it.
    void keep_untrusted(const RoleName& role, Targets file);
    /// Signs the role again as it is; an untrusted one is trusted again thereby. Throws Error(FailedPrecondition) for a
    /// role that has no file.
    void witness(const RoleName& role);

    /// The edited targets files, each signed by those of its keys that are held, as many as its threshold asks for:
    /// where more are needed, others add theirs.
    [[nodiscard]] std::vector<Draft> drafts(const PrivateKeyFinder& keys, const Instant& now,
                                            const PublisherLifetimes& lifetimes = {}) const;
    /// The files to upload once the drafts are complete. A snapshot is among them if its key is held; else the server
    /// is to make it. Throws Refusal for a draft that lacks signatures.
    [[nodiscard]] std::vector<UploadedFile> finish(const std::vector<Draft>& drafts, const PrivateKeyFinder& keys,
                                                   const Instant& now, const PublisherLifetimes& lifetimes = {}) const;
    /// Who signs for a targets file, as edited.
    struct Signers {
        const RoleKeys* role;
        const Keys* keys;
    };
    [[nodiscard]] Signers signers_of(const RoleName& role) const;
    /// Both in one: throws Error(Fault::NotFound) naming the keys of which one is needed.
    [[nodiscard]] std::vector<UploadedFile> sign(const PrivateKeyFinder& keys, const Instant& now,
                                                 const PublisherLifetimes& lifetimes = {}) const;
    [[nodiscard]] const Root& root() const { return root_.payload; }

private:
    struct Edited {
        Targets file;
        Bytes bytes;  ///< as published; empty if it never was
        bool dirty = false;
        bool is_new = false;  ///< its first version goes out as it stands
    };
    [[nodiscard]] Edited* find(const RoleName& role);
    /// The file of a role that is delegated; made if it has none yet.
    [[nodiscard]] Edited& require_file(const RoleName& role);
    [[nodiscard]] Delegation& require_delegation(const RoleName& role);
    void apply(Delegations& delegations, Delegation& delegation, const DelegationEdit& edit) const;
    [[nodiscard]] std::optional<Bytes> sign_snapshot(const PrivateKeyFinder& keys, const Instant& expires,
                                                     const std::map<RoleName, Bytes>& files) const;

    Gun gun_;
    Signed<Root> root_;
    bool is_published_;
    std::map<RoleName, Edited> targets_;
    std::map<RoleName, Targets> untrusted_;
    std::optional<Snapshot> snapshot_;
};

/// Adds signatures by the held keys of a role until there are as many as its threshold asks for, or no more keys.
void sign_draft(Draft& draft, const RoleKeys& role_keys, const Keys& keys, const PrivateKeyFinder& finder);
/// A document signed by the held keys of a role: as many as the threshold asks for. nullopt if too few are held.
[[nodiscard]] std::optional<Bytes> sign_document(const Json& payload, const RoleName& role, const RoleKeys& role_keys,
                                                 const Keys& keys, const PrivateKeyFinder& finder);

}  // namespace sello::tuf
