#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tuf/crypto/private_key.h"
#include "tuf/metadata/tuf_codec.h"

namespace sello::test {

/// A TUF 1.0 repository in memory with all its keys at hand, to be bent into any shape: edit the public members, then
/// publish. Consistent snapshots are on.
class TufSimulator {
public:
    using Signers = std::vector<std::shared_ptr<tuf::PrivateKey>>;

    explicit TufSimulator(Instant start = {1'800'000'000, 0});

    Instant now;
    tuf::Root root;
    tuf::Targets targets;
    std::map<std::string, tuf::Targets> delegated;  ///< by role name
    tuf::Snapshot snapshot;
    tuf::Timestamp timestamp;
    std::map<std::string, Signers> signers;  ///< who signs for a role
    bool lists_digests = true;               ///< of metadata files; else versions only
    std::string spec_version = "1.0.31";

    /// What publish() made: metadata files by name (`1.root.json`), targets by path (`dir/DIGEST.name`).
    std::map<std::string, Bytes> files;
    std::map<std::string, Bytes> target_files;

    /// A new Ed25519 key for a top-level role.
    tuf::KeyId add_key(const std::string& role);
    tuf::KeyId add_key(const std::string& role, std::shared_ptr<tuf::PrivateKey> key);
    /// Takes every key off a top-level role, then adds one.
    tuf::KeyId rotate_key(const std::string& role);
    /// A delegation from `delegator` with a key of its own.
    tuf::Delegation& delegate(const std::string& delegator, const std::string& role, std::vector<std::string> paths,
                              bool terminating = false);
    void delegate_bins(std::int64_t bit_length, const std::string& prefix);
    void add_target(const std::string& role, const std::string& path, const std::string& content);
    [[nodiscard]] tuf::Targets& file_of(const std::string& role);

    /// Signs root as it stands, with the present signers and `also`.
    void publish_root(const Signers& also = {});
    /// Signs targets and delegations as they stand; a new snapshot and timestamp, one version up.
    void publish();
    void publish_targets();
    void publish_snapshot();
    void publish_timestamp();

    [[nodiscard]] Bytes sign(const tuf::Json& payload, const Signers& with) const;

private:
    [[nodiscard]] tuf::FileMeta describe(tuf::Version version, ByteView bytes) const;
};

}  // namespace sello::test
