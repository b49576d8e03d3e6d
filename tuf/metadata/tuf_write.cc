#include <algorithm>
#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"
#include "tuf/metadata/canonical_json.h"
#include "tuf/metadata/json_shape.h"
#include "tuf/metadata/normal_form.h"
#include "tuf/metadata/tuf_codec.h"

namespace sello::tuf::tuf1 {
namespace {

/// What `base` has at `name`; an empty object if it has none.
const Json& below(const Json& base, const std::string& name) {
    static const Json empty = Json::object();
    if (!base.is_object()) return empty;
    const auto member = base.find(name);
    return member != base.end() && member->is_object() ? *member : empty;
}

Json header(const Json& base, std::string_view type, Version version, const Instant& expires) {
    if (version.number() > Version::kTufMax)
        throw Error(Fault::Malformed, concat(type, ": version: want at most ", Version::kTufMax, ", got ", version));
    Json out = base.is_object() ? base : Json::object();
    out["_type"] = type;
    if (!out.contains("spec_version")) out["spec_version"] = kSpecVersion;
    out["version"] = version.number();
    out["expires"] = to_rfc3339({expires.seconds, 0});
    return out;
}

Json write_hashes(const Hashes& hashes, const std::string& subject) {
    if (hashes.empty()) malformed({subject, ": \"hashes\""}, "at least one", "none");
    Json out = Json::object();
    for (const auto& [algorithm, digest] : hashes) out[algorithm] = to_hex(digest);
    return out;
}

Json write_file_meta(const FileMeta& meta, const Json& base, const std::string& subject) {
    if (!meta.version) malformed({subject, ": \"version\""}, "an integer", "nothing");
    Json out = base;
    out.erase("length");
    out.erase("hashes");
    out["version"] = meta.version->number();
    if (meta.length) out["length"] = *meta.length;
    if (!meta.hashes.empty()) out["hashes"] = write_hashes(meta.hashes, subject);
    return out;
}

Json write_role_keys(const RoleKeys& role, const Json& base) {
    Json out = base;
    Json ids = Json::array();
    for (const KeyId& id : role.keyids) ids.push_back(id.str());
    out["keyids"] = std::move(ids);
    out["threshold"] = role.threshold;
    return out;
}

/// The members of `base` that Sello has no word for.
template <class IsKnown>
Json unknown_members(const Json& base, const IsKnown& is_known) {
    Json out = Json::object();
    for (const auto& [name, value] : base.items())
        if (!is_known(name)) out[name] = value;
    return out;
}

/// A key that `base` has under the same id stays as it was written, since its id is the digest of all of it.
Json write_keys(const Keys& keys, const Json& base) {
    Json out = unknown_members(base, KeyIdTag::fits);
    for (const auto& [id, key] : keys) {
        const auto written = base.find(id.str());
        out[id.str()] = written != base.end() ? *written : encode(key);
    }
    return out;
}

bool is_number(const std::string& name) {
    return std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What clients read differently in a pattern.
void require_plain_pattern(const std::string& pattern, const std::string& subject) {
    if (pattern.find_first_of("[]{}()!^#\\") != std::string::npos)
        malformed({subject, ": path pattern"}, "literals, * and ? only", head(pattern));
}

const Json& role_in(const Json& base, const std::string& name) {
    static const Json empty = Json::object();
    const auto roles = base.find("roles");
    if (roles == base.end() || !roles->is_array()) return empty;
    for (const Json& role : *roles)
        if (role.is_object() && role.value("name", "") == name) return role;
    return empty;
}

Json write_delegation(const Delegation& delegation, const Json& base) {
    const std::string& name = delegation.name.str();
    if (is_top_level(delegation.name) || is_number(name) || name == "__proto__")
        malformed("delegation", "a role's name that every reader takes", name);
    if (delegation.rule == PathRule::Prefixes)
        malformed({"delegation to ", name}, "path patterns or hash prefixes", "Notary's prefixes");
    if (delegation.rule == PathRule::Patterns)
        for (const std::string& pattern : delegation.paths) require_plain_pattern(pattern, name);
    Json out = write_role_keys(delegation.keys, base);
    out.erase("paths");
    out.erase("path_hash_prefixes");
    out["name"] = name;
    out["terminating"] = delegation.terminating;
    out[delegation.rule == PathRule::HashPrefixes ? "path_hash_prefixes" : "paths"] = delegation.paths;
    return out;
}

Json write_delegations(const Delegations& delegations, const Json& base) {
    Json out = base;
    out.erase("roles");
    out.erase("succinct_roles");
    out["keys"] = write_keys(delegations.keys, below(base, "keys"));
    if (delegations.succinct) {
        Json succinct = write_role_keys(delegations.succinct->keys, below(base, "succinct_roles"));
        succinct["bit_length"] = delegations.succinct->bit_length;
        succinct["name_prefix"] = delegations.succinct->name_prefix;
        out["succinct_roles"] = std::move(succinct);
        return out;
    }
    Json roles = Json::array();
    for (const Delegation& delegation : delegations.roles)
        roles.push_back(write_delegation(delegation, role_in(base, delegation.name.str())));
    out["roles"] = std::move(roles);
    return out;
}

Json write_target(const Target& target, const Json& base, const std::string& subject) {
    Json out = base;
    out.erase("custom");
    out["length"] = target.length;
    out["hashes"] = write_hashes(target.hashes, subject);
    if (target.custom) out["custom"] = *target.custom;
    return out;
}

bool is_required_role(const std::string& name) {
    return name == root_role().str() || name == targets_role().str() || name == snapshot_role().str() ||
           name == timestamp_role().str();
}

/// Roles beside the four, as they were: `mirrors`, of which Sello makes nothing.
Json other_roles(const Json& base) { return unknown_members(below(base, "roles"), is_required_role); }

/// The keys that they name stay with them.
void keep_keys_of(const Json& roles, const Json& base, Json& keys) {
    for (const Json& role : roles) {
        if (!role.is_object() || !role.contains("keyids")) continue;
        for (const Json& id : role["keyids"])
            if (id.is_string() && base.contains(id)) keys.emplace(id, base[id.get<std::string>()]);
    }
}

bool is_file_of_role(const std::string& name) { return name.ends_with(".json"); }

std::string write_pem(EVP_PKEY* key) {
    constexpr std::size_t columns = 64;
    const std::string body = to_base64(to_spki(key));
    std::string out = "-----BEGIN PUBLIC KEY-----\n";
    for (std::size_t i = 0; i < body.size(); i += columns) out += body.substr(i, columns) + "\n";
    return out + "-----END PUBLIC KEY-----\n";
}

struct Form {
    std::string type_name;
    std::string scheme_name;
    std::string public_text;
};

Form form_of(const PrivateKey& key) {
    switch (key.public_key().type()) {
        case KeyType::Ed25519: return {"ed25519", "ed25519", to_hex(key.public_key().bytes())};
        case KeyType::Rsa: return {"rsa", "rsassa-pss-sha256", write_pem(key.handle())};
        case KeyType::Ecdsa: {
            const int bits = EVP_PKEY_get_bits(key.handle());
            if (bits == 256) return {"ecdsa", "ecdsa-sha2-nistp256", write_pem(key.handle())};
            if (bits == 384) return {"ecdsa", "ecdsa-sha2-nistp384", write_pem(key.handle())};
            break;
        }
        default: break;
    }
    throw Error(Fault::Malformed, "key: TUF 1.0 has Ed25519, ECDSA on P-256 or P-384, and RSA");
}

/// So that readers that normalise see the same bytes.
void require_nfc(std::string_view text) {
    if (!is_nfc(text)) malformed("signed", "texts in Unicode's normal form C", head(text));
}

/// Throws unless readers in the field agree on the canonical form of `signed_part`.
void require_portable(const Json& signed_part) {
    if (signed_part.is_string()) require_nfc(signed_part.get_ref<const std::string&>());
    if (signed_part.is_number() || is_long_integer(signed_part)) {
        const bool is_portable =
            signed_part.is_number_integer() &&
            (signed_part.is_number_unsigned() ? signed_part.get<std::uint64_t>() <= std::uint64_t{Version::kTufMax}
                                              : signed_part.get<std::int64_t>() >= -Version::kTufMax);
        if (!is_portable)
            malformed(
                "signed", "integers up to 2^53-1",
                is_long_integer(signed_part) ? std::string(head(long_integer_text(signed_part))) : signed_part.dump());
    }
    if (signed_part.is_object())
        for (const auto& [name, value] : signed_part.items()) {
            constexpr unsigned char first_of_four = 0xf0;
            if (std::any_of(name.begin(), name.end(),
                            [](char c) { return static_cast<unsigned char>(c) >= first_of_four; }))
                malformed("signed", "members' names of the Basic Multilingual Plane", head(name));
            require_nfc(name);
            require_portable(value);
        }
    if (signed_part.is_array())
        for (const Json& value : signed_part) require_portable(value);
}

}  // namespace

Json encode(const PublicKey& key) {
    return {{"keytype", key.type_name()}, {"keyval", {{"public", key.bytes()}}}, {"scheme", key.scheme_name()}};
}

PublicKey public_key(const PrivateKey& key) {
    Form form = form_of(key);
    const KeyId unnamed("unnamed");
    const Json written = encode(PublicKey(unnamed, form.type_name, form.scheme_name, form.public_text));
    return {KeyId(sha256_hex(olpc_json(written))), std::move(form.type_name), std::move(form.scheme_name),
            std::move(form.public_text)};
}

Signature sign(const PrivateKey& key, ByteView message, const KeyId& key_id) {
    return {key_id, "", key.sign_raw(message)};
}

Json encode(const Root& root, const Json& base) {
    Json out = header(base, "root", root.version, root.expires);
    out["consistent_snapshot"] = root.consistent_snapshot;
    out["keys"] = write_keys(root.keys, below(base, "keys"));
    Json roles = other_roles(base);
    keep_keys_of(roles, below(base, "keys"), out["keys"]);
    for (const RoleName* role : {&root_role(), &targets_role(), &snapshot_role(), &timestamp_role()})
        roles[role->str()] = write_role_keys(root.role(role->str()), below(below(base, "roles"), role->str()));
    out["roles"] = std::move(roles);
    return out;
}

Json encode(const Targets& targets, const Json& base) {
    Json out = header(base, "targets", targets.version, targets.expires);
    Json entries = Json::object();
    for (const auto& [name, target] : targets.targets)
        entries[name] = write_target(target, below(below(base, "targets"), name), concat("target ", name));
    out["targets"] = std::move(entries);
    const bool had_delegations = out.contains("delegations") && out["delegations"].is_object();
    out.erase("delegations");
    if (had_delegations || targets.delegations != Delegations())
        out["delegations"] = write_delegations(targets.delegations, below(base, "delegations"));
    return out;
}

Json encode(const Snapshot& snapshot, const Json& base) {
    Json out = header(base, "snapshot", snapshot.version, snapshot.expires);
    Json meta = unknown_members(below(base, "meta"), is_file_of_role);
    for (const auto& [role, file] : snapshot.meta) {
        const std::string name = role + ".json";
        meta[name] = write_file_meta(file, below(below(base, "meta"), name), concat("snapshot: meta of ", name));
    }
    out["meta"] = std::move(meta);
    return out;
}

Json encode(const Timestamp& timestamp, const Json& base) {
    constexpr const char* name = "snapshot.json";
    Json out = header(base, "timestamp", timestamp.version, timestamp.expires);
    out["meta"] = below(base, "meta");
    out["meta"][name] = write_file_meta(timestamp.snapshot, below(below(base, "meta"), name), "timestamp: meta");
    return out;
}

Bytes write_document(const Json& signed_part, const std::vector<Signature>& signatures, const Json& rest,
                     const std::map<KeyId, Json>& written) {
    require_portable(signed_part);
    Json entries = Json::array();
    for (const Signature& signature : signatures) {
        const auto before = written.find(signature.keyid);
        Json entry = before != written.end() ? before->second : Json::object();
        entry["keyid"] = signature.keyid.str();
        entry["sig"] = to_hex(signature.sig);
        entries.push_back(std::move(entry));
    }
    Json out = rest;
    out["signatures"] = std::move(entries);
    out["signed"] = signed_part;
    return out.dump();
}

}  // namespace sello::tuf::tuf1
