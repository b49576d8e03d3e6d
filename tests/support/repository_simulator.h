#pragma once

#include <map>
#include <string>
#include <vector>

#include "tuf/authoring/server_roles.h"
#include "tuf/base/clock.h"
#include "tuf/crypto/private_key.h"
#include "tuf/metadata/codec.h"
#include "tuf/names/gun.h"

namespace sello::test {

/// A repository in memory with all its keys at hand, to be bent into any shape: edit the public members, then publish.
class RepositorySimulator {
public:
    explicit RepositorySimulator(const std::string& name = "example/app", Instant at = {1'800'000'000, 0});

    tuf::Gun gun;
    Instant now;
    tuf::Root root;
    tuf::Targets targets;
    std::map<tuf::RoleName, tuf::Targets> delegations;
    tuf::Snapshot snapshot;
    tuf::Timestamp timestamp;

    /// Adds a key to a top-level role; root keys become certificates for the GUN.
    tuf::KeyId add_key(const std::string& role);
    /// A delegation of `paths` from its parent, with a key of its own.
    tuf::KeyId add_delegation(const std::string& name, std::vector<std::string> paths);
    void add_target(const std::string& name, const std::string& content);

    /// What publish() made, by role name. Tests may damage it.
    std::map<std::string, Bytes> files;
    /// Signs every role, with versions as they stand; snapshot and timestamp list the files so made.
    void publish();

    /// Signs with these keys.
    [[nodiscard]] Bytes sign(const tuf::Json& payload, const std::vector<tuf::KeyId>& keyids) const;
    /// The keys that the delegator lists.
    [[nodiscard]] const std::vector<tuf::KeyId>& delegation_keyids(const tuf::RoleName& role) const;
    [[nodiscard]] tuf::Signature sign_with(const tuf::KeyId& id, ByteView message) const;
    [[nodiscard]] const std::vector<tuf::KeyId>& keyids(const std::string& role) const;

private:
    std::map<tuf::KeyId, tuf::PrivateKey> keys_;
};

}  // namespace sello::test
