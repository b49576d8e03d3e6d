#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/metadata/canonical_json.h"
#include "tuf/metadata/codec.h"

namespace sello::tuf {
namespace {

Json to_json(const Hashes& hashes) {
    Json out = Json::object();
    for (const auto& [algorithm, value] : hashes) out[algorithm] = to_base64(value);
    return out;
}

Json to_json(const FileMeta& meta) { return {{"hashes", to_json(meta.hashes)}, {"length", meta.length.value_or(0)}}; }

Json to_json(const Keys& keys) {
    Json out = Json::object();
    for (const auto& [id, key] : keys) out[id.str()] = tuf::to_json(key);
    return out;
}

Json to_json(const std::vector<KeyId>& ids) {
    Json out = Json::array();
    for (const KeyId& id : ids) out.push_back(id.str());
    return out;
}

Json to_json(const Delegation& delegation) {
    Json out = {{"keyids", to_json(delegation.keys.keyids)},
                {"name", delegation.name.str()},
                {"threshold", delegation.keys.threshold}};
    if (!delegation.paths.empty()) out["paths"] = delegation.paths;
    return out;
}

}  // namespace

Json to_json(const PublicKey& key) {
    return {{"keytype", key.type_name()}, {"keyval", {{"private", nullptr}, {"public", to_base64(key.bytes())}}}};
}

Json to_json(const Target& target) {
    Json out = {{"hashes", to_json(target.hashes)}, {"length", target.length}};
    if (target.custom) out["custom"] = *target.custom;
    return out;
}

Json to_json(const Root& root) {
    Json roles = Json::object();
    for (const auto& [name, role] : root.roles)
        roles[name] = {{"keyids", to_json(role.keyids)}, {"threshold", role.threshold}};
    return {{"_type", "Root"},
            {"consistent_snapshot", root.consistent_snapshot},
            {"expires", to_rfc3339(root.expires)},
            {"keys", to_json(root.keys)},
            {"roles", std::move(roles)},
            {"version", root.version.number()}};
}

Json to_json(const Targets& targets) {
    Json entries = Json::object();
    for (const auto& [name, target] : targets.targets) entries[name] = to_json(target);
    Json roles = Json::array();
    for (const Delegation& delegation : targets.delegations.roles) roles.push_back(to_json(delegation));
    return {{"_type", "Targets"},
            {"delegations", {{"keys", to_json(targets.delegations.keys)}, {"roles", std::move(roles)}}},
            {"expires", to_rfc3339(targets.expires)},
            {"targets", std::move(entries)},
            {"version", targets.version.number()}};
}

Json to_json(const Snapshot& snapshot) {
    Json meta = Json::object();
    for (const auto& [name, file] : snapshot.meta) meta[name] = to_json(file);
    return {{"_type", "Snapshot"},
            {"expires", to_rfc3339(snapshot.expires)},
            {"meta", std::move(meta)},
            {"version", snapshot.version.number()}};
}

Json to_json(const Timestamp& timestamp) {
    return {{"_type", "Timestamp"},
            {"expires", to_rfc3339(timestamp.expires)},
            {"meta", {{"snapshot", to_json(timestamp.snapshot)}}},
            {"version", timestamp.version.number()}};
}

Bytes write_document(const Json& signed_part, const std::vector<Signature>& signatures) {
    Bytes out = R"({"signed":)" + wire_json(signed_part) + R"(,"signatures":[)";
    for (std::size_t i = 0; i < signatures.size(); ++i) {
        const Signature& signature = signatures[i];
        if (i != 0) out += ',';
        out += wire_json(
            {{"keyid", signature.keyid.str()}, {"method", signature.method}, {"sig", to_base64(signature.sig)}});
    }
    return out + "]}";
}

}  // namespace sello::tuf
