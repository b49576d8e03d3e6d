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
    publish();
}

tuf::KeyId RepositorySimulator::add_key(const std::string& role) {
    auto key = tuf::PrivateKey::generate_ecdsa_p256();
    tuf::PublicKey listed = key.public_key();
    if (role == "root") listed = tuf::PublicKey("ecdsa-x509", tuf::make_root_certificate(key.handle(), gun.str(), now));
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
    targets.targets[name] = tuf::describe_target(content);
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

const std::vector<tuf::KeyId>& RepositorySimulator::delegation_keyids(const tuf::RoleName& role) const {
    const auto above = *tuf::parent(role);
    const tuf::Targets& delegator = above == tuf::targets_role() ? targets : delegations.at(above);
    return delegator.delegation(role)->keys.keyids;
}

void RepositorySimulator::publish() {
    files["root"] = sign(tuf::to_json(root), keyids("root"));
    files["targets"] = sign(tuf::to_json(targets), keyids("targets"));
    for (const auto& [role, file] : delegations) files[role.str()] = sign(tuf::to_json(file), delegation_keyids(role));
    for (const auto& [role, bytes] : files)
        if (role != "snapshot" && role != "timestamp") snapshot.meta[role] = tuf::describe_file(bytes);
    files["snapshot"] = sign(tuf::to_json(snapshot), keyids("snapshot"));
    timestamp.snapshot = tuf::describe_file(files["snapshot"]);
    files["timestamp"] = sign(tuf::to_json(timestamp), keyids("timestamp"));
}

}  // namespace sello::test
