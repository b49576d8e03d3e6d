#include "tests/support/tuf_simulator.h"

#include <utility>

#include "tuf/base/concat.h"
#include "tuf/base/encoding.h"
#include "tuf/crypto/digest.h"
#include "tuf/metadata/canonical_json.h"

namespace sello::test {
namespace {

constexpr std::chrono::hours kLife(24 * 30);

std::shared_ptr<tuf::PrivateKey> new_key() {
    return std::make_shared<tuf::PrivateKey>(tuf::PrivateKey::generate_ed25519());
}

}  // namespace

TufSimulator::TufSimulator(Instant start) : now(start) {
    root.consistent_snapshot = true;
    root.expires = targets.expires = snapshot.expires = timestamp.expires = now + kLife;
    snapshot.version = timestamp.version = tuf::Version(1);
    for (const char* role : {"root", "timestamp", "snapshot", "targets"}) {
        root.roles[role] = {};
        add_key(role);
    }
    publish_root();
    publish_targets();
    publish_snapshot();
    publish_timestamp();
}

tuf::KeyId TufSimulator::add_key(const std::string& role) { return add_key(role, new_key()); }

tuf::KeyId TufSimulator::add_key(const std::string& role, std::shared_ptr<tuf::PrivateKey> key) {
    const tuf::PublicKey listed = tuf::tuf1::public_key(*key);
    root.keys.emplace(listed.id(), listed);
    root.roles[role].keyids.push_back(listed.id());
    signers[role].push_back(std::move(key));
    return listed.id();
}

tuf::KeyId TufSimulator::rotate_key(const std::string& role) {
    for (const tuf::KeyId& id : root.roles[role].keyids) root.keys.erase(id);
    root.roles[role].keyids.clear();
    signers[role].clear();
    return add_key(role);
}

tuf::Targets& TufSimulator::file_of(const std::string& role) {
    return role == "targets" ? targets : delegated.at(role);
}

tuf::Delegation& TufSimulator::delegate(const std::string& delegator, const std::string& role,
                                        std::vector<std::string> paths, bool terminating) {
    if (!delegated.contains(role)) {
        delegated[role].expires = now + kLife;
        signers[role] = {new_key()};
    }
    tuf::Delegations& delegations = file_of(delegator).delegations;
    tuf::Delegation delegation{tuf::RoleName(role), {}, std::move(paths), tuf::PathRule::Patterns, terminating};
    for (const auto& signer : signers[role]) {
        const tuf::PublicKey key = tuf::tuf1::public_key(*signer);
        delegations.keys.emplace(key.id(), key);
        delegation.keys.keyids.push_back(key.id());
    }
    delegations.roles.push_back(std::move(delegation));
    return delegations.roles.back();
}

void TufSimulator::delegate_bins(std::int64_t bit_length, const std::string& prefix) {
    const auto key = new_key();
    const tuf::PublicKey listed = tuf::tuf1::public_key(*key);
    targets.delegations.keys.emplace(listed.id(), listed);
    targets.delegations.succinct = tuf::SuccinctRoles{{{listed.id()}, 1}, bit_length, prefix};
    const auto digits = static_cast<std::size_t>((bit_length + 3) / 4);
    for (std::uint64_t bin = 0; bin < (std::uint64_t{1} << static_cast<unsigned>(bit_length)); ++bin) {
        const std::string hex = to_hex(Bytes{static_cast<char>(bin >> 8U), static_cast<char>(bin)});
        const std::string role = concat(prefix, "-", hex.substr(hex.size() - digits));
        delegated[role].expires = now + kLife;
        signers[role] = {key};
    }
}

void TufSimulator::add_target(const std::string& role, const std::string& path, const std::string& content) {
    file_of(role).targets[path] = tuf::describe_target(content);
    const std::size_t name = path.rfind('/') + 1;
    target_files[concat(path.substr(0, name), tuf::sha256_hex(content), ".", path.substr(name))] = content;
}

Bytes TufSimulator::sign(const tuf::Json& payload, const Signers& with) const {
    const Bytes message = tuf::olpc_json(payload);
    std::vector<tuf::Signature> signatures;
    for (const auto& key : with) signatures.push_back(tuf::tuf1::sign(*key, message, tuf::tuf1::public_key(*key).id()));
    return tuf::tuf1::write_document(payload, signatures);
}

tuf::FileMeta TufSimulator::describe(tuf::Version version, ByteView bytes) const {
    tuf::FileMeta meta;
    if (lists_digests) meta = tuf::describe_file(bytes);
    meta.version = version;
    return meta;
}

void TufSimulator::publish_root(const Signers& also) {
    Signers with = signers["root"];
    with.insert(with.end(), also.begin(), also.end());
    files[concat(root.version, ".root.json")] = sign(tuf::tuf1::encode(root), with);
}

void TufSimulator::publish_targets() {
    const auto publish_file = [&](const std::string& role, const tuf::Targets& file) {
        const Bytes bytes = sign(tuf::tuf1::encode(file), signers[role]);
        files[concat(file.version, ".", role, ".json")] = bytes;
        snapshot.meta[role] = describe(file.version, bytes);
    };
    publish_file("targets", targets);
    for (const auto& [role, file] : delegated) publish_file(role, file);
}

void TufSimulator::publish_snapshot() {
    const Bytes bytes = sign(tuf::tuf1::encode(snapshot), signers["snapshot"]);
    files[concat(snapshot.version, ".snapshot.json")] = bytes;
    timestamp.snapshot = describe(snapshot.version, bytes);
}

void TufSimulator::publish_timestamp() {
    files["timestamp.json"] = sign(tuf::tuf1::encode(timestamp), signers["timestamp"]);
}

void TufSimulator::publish() {
    publish_targets();
    snapshot.version = snapshot.version.next();
    publish_snapshot();
    timestamp.version = timestamp.version.next();
    publish_timestamp();
}

}  // namespace sello::test
