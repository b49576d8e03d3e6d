#include "tests/support/repository_simulator.h"

#include <utility>

#include "tuf/crypto/certificate.h"
#include "tuf/metadata/canonical_json.h"

namespace sello::test {

using namespace std::chrono_literals;

RepositorySimulator::RepositorySimulator(const std::string& name, Instant at) : gun(name), now(at) {
    root.expires = targets.expires = snapshot.expires = now + 24h * 365;
    timestamp.expires = now + 24h * 14;
    for (const char* role : {"root", "targets", "snapshot", "timestamp"}) add_key(role);
    refresh_snapshot();
}

tuf::KeyId RepositorySimulator::add_key(const std::string& role) {
    auto key = tuf::PrivateKey::generate_ecdsa_p256();
    tuf::PublicKey listed = key.public_key();
    if (role == "root")
        listed = tuf::PublicKey("ecdsa-x509", tuf::make_root_certificate(key.handle(), gun.str(), now));
    root.keys.emplace(listed.id(), listed);
    root.roles[role].keyids.push_back(listed.id());
    keys_.emplace(listed.id(), std::move(key));
    return listed.id();
}

tuf::KeyId RepositorySimulator::add_delegation(const std::string& name, std::vector<std::string> paths) {
    const tuf::RoleName role(name);
    auto key = tuf::PrivateKey::generate_ecdsa_p256();
    const tuf::PublicKey listed = key.public_key();
    keys_.emplace(listed.id(), std::move(key));
    const auto above = *tuf::parent(role);
    tuf::Targets& delegator = above == tuf::targets_role() ? targets : delegations.at(above);
    delegator.delegations.keys.emplace(listed.id(), listed);
    delegator.delegations.roles.push_back({role, {{listed.id()}, 1}, std::move(paths)});
    tuf::Targets file;
    file.expires = targets.expires;
    delegations.emplace(role, std::move(file));
    return listed.id();
}

void RepositorySimulator::add_target(const std::string& name, const std::string& content) {
    const auto meta = tuf::describe_file(content);
    targets.targets[name] = {meta.length, meta.hashes, std::nullopt};
}

tuf::Signature RepositorySimulator::sign_with(const tuf::KeyId& id, ByteView message) const {
    return keys_.at(id).sign(message, id);
}

const std::vector<tuf::KeyId>& RepositorySimulator::keyids(const std::string& role) const {
    return root.roles.at(role).keyids;
}

Bytes RepositorySimulator::sign(const tuf::Json& payload, const std::vector<tuf::KeyId>& keyids) const {
    const Bytes message = tuf::canonical_json(payload);
    std::vector<tuf::Signature> signatures;
    for (const tuf::KeyId& id : keyids) signatures.push_back(sign_with(id, message));
    return tuf::write_document(payload, signatures);
}

Bytes RepositorySimulator::root_bytes() const { return sign(tuf::to_json(root), keyids("root")); }
Bytes RepositorySimulator::targets_bytes() const { return sign(tuf::to_json(targets), keyids("targets")); }
Bytes RepositorySimulator::snapshot_bytes() const { return sign(tuf::to_json(snapshot), keyids("snapshot")); }
Bytes RepositorySimulator::timestamp_bytes() const { return sign(tuf::to_json(timestamp), keyids("timestamp")); }

Bytes RepositorySimulator::delegation_bytes(const tuf::RoleName& role) const {
    const auto above = *tuf::parent(role);
    const tuf::Targets& delegator = above == tuf::targets_role() ? targets : delegations.at(above);
    return sign(tuf::to_json(delegations.at(role)), delegator.delegation(role)->keys.keyids);
}

void RepositorySimulator::refresh_snapshot() {
    snapshot.meta["root"] = tuf::describe_file(root_bytes());
    snapshot.meta["targets"] = tuf::describe_file(targets_bytes());
    for (const auto& [role, file] : delegations) snapshot.meta[role.str()] = tuf::describe_file(delegation_bytes(role));
    timestamp.snapshot = tuf::describe_file(snapshot_bytes());
}

}  // namespace sello::test
