#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.h"
#include "tuf/base/instant.h"
#include "tuf/metadata/codec.h"

/// A repository with a history, and an attacker who holds the files of all of it and, now and then, some of the keys.
namespace sello::fuzz {

/// Files by role name.
using Files = std::map<std::string, Bytes>;
/// Canonical messages to the material of the keys that signed them.
using Signers = std::map<Bytes, std::set<Bytes>>;

/// The past of a repository, which does not change any more, and all its keys. One for each dialect, alike.
class History {
public:
    /// Built once a process. Six publications: 0 the first; 1 everything one version on, with two delegations, one
    /// below the other; 2 the same with more targets; 3 root 2 with new keys for targets and timestamp; 4 root 3 with a
    /// second root key, and two of three keys for targets; 5 root 4 without the first root key. In TUF 1.0 there are a
    /// delegation by hash and two bins as well; 2 lists no digests, and from 3 on consistent snapshots are off.
    [[nodiscard]] static const History& notary();
    [[nodiscard]] static const History& tuf();

    History() = default;
    History(const History&) = delete;
    History& operator=(const History&) = delete;
    History(History&&) = delete;
    History& operator=(History&&) = delete;
    virtual ~History() = default;

    Instant now{1'800'000'000, 0};
    std::vector<Files> publications;
    /// Roles that have files, and who delegates to them; delegators before their delegates.
    std::vector<std::pair<std::string, std::string>> roles;
    /// All keys that there ever were.
    std::vector<tuf::PublicKey> keys;
    Signers signers;

    /// Adds those who signed `document`, which must have been signed as it says.
    void record(const Bytes& document, Signers& to) const;
    [[nodiscard]] virtual tuf::Dialect dialect() const = 0;
    [[nodiscard]] virtual Bytes sign(const tuf::Json& payload, const std::vector<tuf::KeyId>& keyids) const = 0;
    /// The file with other signatures.
    [[nodiscard]] virtual Bytes write(const tuf::Json& payload, const std::vector<tuf::Signature>& with) const = 0;
    /// The latest one, but for its version and the files that it lists.
    [[nodiscard]] virtual tuf::Json snapshot_of(const Files& files, std::int64_t step) const = 0;
    [[nodiscard]] virtual tuf::Json timestamp_of(ByteView snapshot, std::int64_t step) const = 0;
};

/// The files that a server shows, bent by the bytes of a run, and a record of who really signed what.
class Scene {
public:
    /// Begins with publication `at`.
    Scene(const History& history, std::size_t at) : files(history.publications[at]), history_(history) {}

    [[nodiscard]] const History& history() const { return history_; }

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

    const History& history_;
    Signers signers_;  ///< beside the history's
};

}  // namespace sello::fuzz
