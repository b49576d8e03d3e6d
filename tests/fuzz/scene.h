#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.h"
#include "tests/support/repository_simulator.h"

/// A repository with a history, and an attacker who holds the files of all of it and, now and then, some of the keys.
namespace sello::fuzz {

/// Files by role name.
using Files = std::map<std::string, Bytes>;
/// Canonical messages to the material of the keys that signed them.
using Signers = std::map<Bytes, std::set<Bytes>>;

/// Built once a process; never changed afterwards. Six publications: 0 the first; 1 everything one version on, with
/// delegations `targets/a` and `targets/a/b`; 2 the same with more targets; 3 root 2 with new keys for targets and
/// timestamp; 4 root 3 with a second root key, and two of three keys for targets; 5 root 4 without the first root key.
class History {
public:
    [[nodiscard]] static const History& get();

    std::vector<Files> publications;
    /// Roles that have files, parents before children.
    std::vector<std::string> roles{"root", "timestamp", "snapshot", "targets", "targets/a", "targets/a/b"};
    /// All keys that there ever were.
    std::vector<tuf::PublicKey> keys;
    Signers signers;
    /// Adds those who signed `document`, which must have been signed as it says.
    void record(const Bytes& document, Signers& signers) const;
    test::RepositorySimulator repository{"example/app"};

private:
    History();
    void publish();
};

/// The files that a server shows, bent by the bytes of a run, and a record of who really signed what.
class Scene {
public:
    /// Begins with publication `at`.
    explicit Scene(std::size_t at);

    Files files;

    /// Changes one of the files, in a way that `input` chooses.
    void mutate(Input& input);
    /// Snapshot lists the files as they are, timestamp lists the snapshot; both signed by every key, with
    /// versions that go up, stay or fall.
    void relist(Input& input);
    /// Whether keys of `role` (distinct ones by their material) signed `message`, as many as its threshold asks for.
    [[nodiscard]] bool is_signed(ByteView message, const tuf::RoleKeys& role, const tuf::Keys& keys) const;

private:
    Bytes sign(const tuf::Json& payload, const std::vector<tuf::KeyId>& keyids);
    void alter_signed(Input& input, const std::string& role);
    void alter_bytes(Input& input, const std::string& role);
    void alter_signatures(Input& input, const std::string& role);
    void sign_again(Input& input, const std::string& role);

    Signers signers_;  ///< beside the history's
};

}  // namespace sello::fuzz
