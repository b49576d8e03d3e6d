#include <algorithm>
#include <set>
#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/base/mismatch.h"
#include "tuf/metadata/canonical_json.h"
#include "tuf/metadata/json_shape.h"
#include "tuf/metadata/notary_codec.h"

namespace sello::tuf {
namespace {

/// Keys that one role may list: whoever signs or counts does so for each of them.
constexpr std::size_t kMaxRoleKeys = 256;

/// Structure faults carry Notary's prefix, which its clients show.
[[noreturn]] void invalid(const std::string& role, std::string_view what, std::string_view expected,
                          std::string_view found) {
    throw Mismatch(Fault::Malformed, concat(role, " type metadata invalid: ", what), expected, found);
}

Bytes base64_value(JsonView value, const Subject& subject) {
    auto decoded = from_base64(string_value(value, subject));
    if (!decoded) malformed(subject, "base64", value);
    return std::move(*decoded);
}

Signature read_signature(JsonView entry) {
    const Subject subject = "signature";
    (void)require_object(entry, subject);
    const auto sig = find_member(entry, "sig");
    return {KeyId(std::string(string_member(entry, "keyid", subject))),
            std::string(string_member(entry, "method", subject)),
            sig ? base64_value(*sig, "signature: \"sig\"") : Bytes()};
}

Instant read_expires(JsonView signed_part, const Subject& subject) {
    const auto expires = parse_rfc3339(string_member(signed_part, "expires", subject));
    if (!expires) malformed(concat(subject, ": \"expires\""), "a time as in RFC 3339", *signed_part.find("expires"));
    return *expires;
}

/// The checks that every role's `signed` has in common.
Version read_header(JsonView signed_part, const std::string& role, std::string_view type) {
    const auto actual = find_member(signed_part, "_type");
    const std::string_view got = actual && actual->is_string() ? actual->text() : "";
    if (got != type)
        throw Mismatch(Fault::WrongType,
                       concat(role, " type metadata invalid: expected type ", type, ", not ", head(got)), type,
                       got.empty() ? "nothing" : head(got));
    const std::int64_t version = integer_member(signed_part, "version", role);
    if (version < 1) invalid(role, "version cannot be less than one", "1 or more", std::to_string(version));
    if (version > Version::kNotaryMax)
        malformed({role, ": version"}, concat("1..", Version::kNotaryMax), std::to_string(version));
    return Version(version);
}

Hashes read_hashes(JsonView object, const Subject& subject) {
    Hashes out;
    for (const auto& [algorithm, value] : object_member(object, "hashes", subject).members()) {
        auto digest = value.is_string() ? from_base64(value.text()) : std::nullopt;
        if (!digest) malformed(concat(subject, ": hash ", head(algorithm)), "base64", value);
        out.emplace_hint(out.end(), algorithm, std::move(*digest));
    }
    return out;
}

FileMeta read_file_meta(JsonView value, const Subject& subject) {
    (void)require_object(value, subject);
    return {integer_member(value, "length", subject), read_hashes(value, subject), std::nullopt};
}

Keys read_keys(JsonView object) {
    Keys out;
    for (const auto& [id, value] : object.members()) out.emplace(KeyId(std::string(id)), decode_key(value));
    return out;
}

/// `subject` is the role that is named, `role` the document that names it.
RoleKeys read_role_keys(JsonView value, const Keys& keys, const std::string& role, const Subject& subject) {
    (void)require_object(value, subject);
    RoleKeys out;
    out.threshold = integer_member(value, "threshold", subject);
    if (!is_threshold(out.threshold))
        invalid(role, concat("invalid threshold specified for ", subject, ": ", out.threshold, " "), "1 or more",
                std::to_string(out.threshold));
    const JsonView ids = list_member(value, "keyids", subject);
    if (ids.size() > kMaxRoleKeys)
        throw Mismatch(Fault::TooLarge, concat(role, ": ", subject, " lists more than ", kMaxRoleKeys, " keys"),
                       concat(kMaxRoleKeys, " keys at most"), concat(ids.size(), " keys"));
    for (const JsonView id : ids.items()) {
        const KeyId key_id(std::string(string_value(id, concat(subject, ": key id"))));
        const auto key = keys.find(key_id);
        if (key == keys.end())
            invalid(role, concat("key ID ", key_id, " specified in ", subject, " without corresponding key"),
                    "a key for each key id", concat("none for ", key_id));
        if (key->second.id() != key_id)
            throw Mismatch(Fault::Malformed, concat(role, ": key ID is not valid for key content"),
                           key->second.id().str(), key_id.str());
        // Repeated ids are one key, which signs and counts once.
        if (std::find(out.keyids.begin(), out.keyids.end(), key_id) == out.keyids.end()) out.keyids.push_back(key_id);
    }
    return out;
}

Delegation read_delegation(JsonView value, const Keys& keys, const RoleName& role) {
    const std::string subject = concat(role, ": a delegation");
    (void)require_object(value, subject);
    const std::string name(string_member(value, "name", subject));
    if (!is_notary_role(name) || parent(RoleName(name)) != role)
        invalid(role.str(), concat("delegation role ", name.substr(0, 255), " invalid"), concat(role, "/NAME"),
                concat("\"", head(name), "\""));
    Delegation out{RoleName(name), read_role_keys(value, keys, role.str(), name), {}, PathRule::Prefixes, false};
    for (const JsonView path : list_member(value, "paths", name).items())
        out.paths.emplace_back(string_value(path, {name, ": path"}));
    return out;
}

template <class Payload>
Signed<Payload> finished(Payload payload, Envelope& envelope) {
    Bytes message = canonical_json(envelope.signed_part());
    return {std::move(payload), std::move(envelope.signatures), std::move(message),
            std::move(envelope.document).text()};
}

void require_sha256(const std::map<std::string, FileMeta>& meta, const std::string& role, const std::string& listed) {
    const auto file = meta.find(listed);
    const bool given =
        file != meta.end() && file->second.hashes.contains("sha256") && file->second.hashes.at("sha256").size() == 32;
    if (!given)
        invalid(role, concat("missing ", listed, " sha256 checksum information"), concat("SHA-256 of ", listed),
                "nothing");
}

std::map<std::string, FileMeta> read_meta(JsonView signed_part, const std::string& role) {
    std::map<std::string, FileMeta> out;
    for (const auto& [name, value] : object_member(signed_part, "meta", role).members())
        out.emplace_hint(out.end(), name, read_file_meta(value, {role, ": meta of ", name}));
    return out;
}

Target read_target(JsonView value, const Subject& subject) {
    (void)require_object(value, subject);
    Target out{integer_member(value, "length", subject), read_hashes(value, subject), std::nullopt};
    if (const auto custom = find_member(value, "custom")) out.custom = custom->tree();
    return out;
}

}  // namespace

PublicKey decode_key(JsonView value) {
    (void)require_object(value, "key");
    const JsonView values = object_member(value, "keyval", "key");
    auto bytes = from_base64(string_member(values, "public", "key"));
    if (!bytes) malformed("key: \"public\"", "base64", *values.find("public"));
    return {std::string(string_member(value, "keytype", "key")), std::move(*bytes)};
}

Target decode_target(ByteView text, const std::string& subject) {
    const JsonDocument document = JsonDocument::parse(Bytes(text));
    return read_target(document.root(), subject);
}

namespace notary {

Envelope read_envelope(Bytes bytes, const JsonLimits& limits) {
    Envelope out{Dialect::Notary, JsonDocument::parse(std::move(bytes), limits), {}, false};
    const JsonView document = require_object(out.document.root(), "document");
    const JsonView signed_part = required_object(document, "signed", "document");
    (void)integer_member(signed_part, "version", "signed");
    if (find_member(signed_part, "expires")) (void)read_expires(signed_part, "signed");

    for (const JsonView entry : list_member(document, "signatures", "document").items())
        out.signatures.push_back(read_signature(entry));
    out.has_unknown_members = document.size() > (document.find("signatures") ? 2U : 1U);
    return out;
}

Signed<Root> read_root(Envelope envelope) {
    const JsonView from = envelope.signed_part();
    Root out;
    out.version = read_header(from, "root", "Root");
    out.expires = read_expires(from, "root");
    const auto consistent = find_member(from, "consistent_snapshot");
    if (consistent && consistent->kind() != JsonKind::Boolean)
        malformed("root: \"consistent_snapshot\"", "true or false", *consistent);
    out.consistent_snapshot = consistent && consistent->boolean();
    out.keys = read_keys(object_member(from, "keys", "root"));
    for (const auto& [name, role] : object_member(from, "roles", "root").members())
        out.roles.emplace(name, read_role_keys(role, out.keys, "root", name.substr(0, 255)));
    for (const RoleName* role : {&root_role(), &targets_role(), &snapshot_role(), &timestamp_role()})
        if (!out.roles.contains(role->str()))
            invalid("root", concat("missing ", *role, " role specification"), concat("a role ", *role), "none");
    return finished(std::move(out), envelope);
}

Signed<Targets> read_targets(Envelope envelope, const RoleName& role) {
    const JsonView from = envelope.signed_part();
    Targets out;
    out.version = read_header(from, role.str(), "Targets");
    out.expires = read_expires(from, role.str());
    const std::string subject = concat(role, ": a target");
    for (const auto& [name, value] : object_member(from, "targets", role.str()).members())
        out.targets.emplace_hint(out.targets.end(), name, read_target(value, subject));
    const JsonView delegations = object_member(from, "delegations", role.str());
    out.delegations.keys = read_keys(object_member(delegations, "keys", role.str()));
    std::set<RoleName> seen;
    for (const JsonView value : list_member(delegations, "roles", role.str()).items()) {
        Delegation delegation = read_delegation(value, out.delegations.keys, role);
        if (!seen.insert(delegation.name).second)
            invalid(role.str(), concat("delegation role ", delegation.name, " stands twice"), "each role once",
                    concat(delegation.name, " twice"));
        out.delegations.roles.push_back(std::move(delegation));
    }
    return finished(std::move(out), envelope);
}

Signed<Snapshot> read_snapshot(Envelope envelope) {
    const JsonView from = envelope.signed_part();
    Snapshot out;
    out.version = read_header(from, "snapshot", "Snapshot");
    out.expires = read_expires(from, "snapshot");
    out.meta = read_meta(from, "snapshot");
    require_sha256(out.meta, "snapshot", "root");
    require_sha256(out.meta, "snapshot", "targets");
    return finished(std::move(out), envelope);
}

Signed<Timestamp> read_timestamp(Envelope envelope) {
    const JsonView from = envelope.signed_part();
    Timestamp out;
    out.version = read_header(from, "timestamp", "Timestamp");
    out.expires = read_expires(from, "timestamp");
    const auto meta = read_meta(from, "timestamp");
    require_sha256(meta, "timestamp", "snapshot");
    out.snapshot = meta.at("snapshot");
    return finished(std::move(out), envelope);
}

}  // namespace notary
}  // namespace sello::tuf
