#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/metadata/canonical_json.h"
#include "tuf/metadata/json_shape.h"
#include "tuf/metadata/tuf_codec.h"

namespace sello::tuf::tuf1 {
namespace {

constexpr std::size_t kMaxRoleKeys = 256;

const Json& required(const Json& object, const char* name, const std::string& subject) {
    const auto member = object.find(name);
    if (member == object.end()) malformed(subject, concat("\"", name, "\" is missing"));
    return *member;
}

const Json& required_object(const Json& object, const char* name, const std::string& subject) {
    return require_object(required(object, name, subject), concat(subject, ": \"", name, "\""));
}

const Json& required_array(const Json& object, const char* name, const std::string& subject) {
    const Json& member = required(object, name, subject);
    if (!member.is_array()) malformed(subject, concat("\"", name, "\": want a list"));
    return member;
}

std::int64_t required_integer(const Json& object, const char* name, const std::string& subject) {
    return integer_value(required(object, name, subject), concat(subject, ": \"", name, "\""));
}

/// nullopt for an id that no key can have.
std::optional<Signature> read_signature(const Json& entry) {
    (void)require_object(entry, "signature");
    auto sig = from_hex(string_member(entry, "sig", "signature"));
    const std::string& id = string_member(entry, "keyid", "signature");
    if (!KeyIdTag::fits(id)) return std::nullopt;
    return Signature{KeyId(id), "", sig ? std::move(*sig) : Bytes()};
}

/// `1.x` and `1.x.y`, digits only.
bool is_supported(std::string_view spec_version) {
    if (!spec_version.starts_with("1.")) return false;
    std::size_t parts = 1;
    bool has_digit = true;
    for (const char c : spec_version.substr(1)) {
        if (c == '.') {
            if (!has_digit) return false;
            ++parts;
            has_digit = false;
        } else if (c >= '0' && c <= '9') {
            has_digit = true;
        } else {
            return false;
        }
    }
    return has_digit && (parts == 2 || parts == 3);
}

Instant read_expires(const Json& signed_part, const std::string& subject) {
    constexpr std::size_t size = 20;  // 2030-01-02T03:04:05Z
    const std::string& text = string_member(signed_part, "expires", subject);
    const auto expires = parse_rfc3339(text);
    if (!expires || text.size() != size || text.back() != 'Z' || text[10] != 'T')
        malformed(subject, concat("\"expires\": want YYYY-MM-DDTHH:MM:SSZ, got ", text.substr(0, 64)));
    return *expires;
}

struct Header {
    Version version{1};
    Instant expires;
};

Header read_header(const Json& signed_part, const std::string& subject, std::string_view type) {
    const std::string& got = string_member(signed_part, "_type", subject);
    if (got != type)
        throw Error(Fault::WrongType, concat(subject, ": \"_type\": want ", type, ", got ", got.substr(0, 64)));
    const std::string& spec_version = string_member(signed_part, "spec_version", subject);
    if (!is_supported(spec_version))
        malformed(subject, concat("\"spec_version\": want 1.x.y, got ", spec_version.substr(0, 64)));
    return {Version(required_integer(signed_part, "version", subject)), read_expires(signed_part, subject)};
}

Hashes read_hashes(const Json& object, const std::string& subject) {
    Hashes out;
    for (const auto& [algorithm, value] : object.items()) {
        auto digest = from_hex(string_value(value, subject));
        if (!digest) malformed(subject, concat("hash ", algorithm.substr(0, 32), ": want hex"));
        out.emplace(algorithm, std::move(*digest));
    }
    if (out.empty()) malformed(subject, "\"hashes\": want at least one");
    return out;
}

std::int64_t read_length(const Json& object, const std::string& subject) {
    const std::int64_t length = required_integer(object, "length", subject);
    if (length < 0) malformed(subject, "\"length\": want 0 or more");
    return length;
}

FileMeta read_file_meta(const Json& value, const std::string& subject) {
    (void)require_object(value, subject);
    FileMeta out;
    out.version = Version(required_integer(value, "version", subject));
    if (value.contains("length")) out.length = read_length(value, subject);
    if (value.contains("hashes")) out.hashes = read_hashes(required_object(value, "hashes", subject), subject);
    return out;
}

/// Empty if it is not there, or no string.
std::string text_of(const Json& object, const char* name) {
    const auto member = object.is_object() ? object.find(name) : object.end();
    return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

/// A key of a kind that Sello does not know, or of no known shape, is kept: it can never count, and hinders nobody.
PublicKey read_key(const std::string& id, const Json& value) {
    const auto values = value.is_object() ? value.find("keyval") : value.end();
    return {KeyId(id), text_of(value, "keytype"), text_of(value, "scheme"),
            values != value.end() ? text_of(*values, "public") : std::string()};
}

Keys read_keys(const Json& object) {
    Keys out;
    for (const auto& [id, value] : object.items())
        if (KeyIdTag::fits(id)) out.emplace(KeyId(id), read_key(id, value));
    return out;
}

/// A key id without a key is no fault: it just cannot sign.
RoleKeys read_role_keys(const Json& value, const std::string& subject) {
    (void)require_object(value, subject);
    RoleKeys out;
    out.threshold = required_integer(value, "threshold", subject);
    if (!is_threshold(out.threshold)) malformed(subject, concat("\"threshold\": want 1 or more, got ", out.threshold));
    const Json& ids = required_array(value, "keyids", subject);
    if (ids.size() > kMaxRoleKeys)
        throw Error(Fault::TooLarge, concat(subject, ": lists more than ", kMaxRoleKeys, " keys"));
    for (const Json& id : ids) {
        KeyId key_id(string_value(id, concat(subject, ": key id")));
        if (std::find(out.keyids.begin(), out.keyids.end(), key_id) != out.keyids.end())
            malformed(subject, concat("key id ", key_id, " stands twice"));
        out.keyids.push_back(std::move(key_id));
    }
    return out;
}

bool read_boolean(const Json& object, const char* name, const std::string& subject) {
    const auto member = object.find(name);
    if (member == object.end()) return false;
    if (!member->is_boolean()) malformed(subject, concat("\"", name, "\": want true or false"));
    return member->get<bool>();
}

std::vector<std::string> read_strings(const Json& list, const std::string& subject) {
    std::vector<std::string> out;
    for (const Json& value : list) out.push_back(string_value(value, subject));
    return out;
}

Delegation read_delegation(const Json& value, const std::string& delegator) {
    const std::string subject = concat(delegator, ": a delegation");
    (void)require_object(value, subject);
    Delegation out{RoleName(string_member(value, "name", subject)), {}, {}, PathRule::Patterns, false};
    if (is_top_level(out.name)) malformed(subject, concat("to ", out.name, ", which is a top-level role"));
    out.keys = read_role_keys(value, concat(delegator, ": delegation to ", out.name));
    out.terminating = read_boolean(value, "terminating", subject);
    if (value.contains("paths") && value.contains("path_hash_prefixes"))
        malformed(subject, R"(has both "paths" and "path_hash_prefixes")");
    if (value.contains("path_hash_prefixes")) {
        out.rule = PathRule::HashPrefixes;
        out.paths = read_strings(required_array(value, "path_hash_prefixes", subject), subject);
    } else if (value.contains("paths")) {
        out.paths = read_strings(required_array(value, "paths", subject), subject);
    }
    return out;
}

SuccinctRoles read_succinct(const Json& value, const std::string& delegator) {
    const std::string subject = concat(delegator, ": succinct roles");
    SuccinctRoles out{read_role_keys(value, subject), required_integer(value, "bit_length", subject),
                      string_member(value, "name_prefix", subject)};
    if (out.bit_length < 1 || out.bit_length > 32) malformed(subject, "\"bit_length\": want 1 to 32");
    return out;
}

Delegations read_delegations(const Json& value, const std::string& delegator) {
    Delegations out;
    out.keys = read_keys(required_object(value, "keys", delegator));
    if (value.contains("roles") == value.contains("succinct_roles"))
        malformed(delegator, R"(delegations: want one of "roles" and "succinct_roles")");
    if (value.contains("succinct_roles")) {
        out.succinct = read_succinct(required(value, "succinct_roles", delegator), delegator);
        return out;
    }
    std::set<RoleName> seen;
    for (const Json& role : required_array(value, "roles", delegator)) {
        out.roles.push_back(read_delegation(role, delegator));
        if (!seen.insert(out.roles.back().name).second)
            malformed(delegator, concat("delegation to ", out.roles.back().name, " stands twice"));
    }
    return out;
}

Target read_target(const Json& value, const std::string& subject) {
    (void)require_object(value, subject);
    Target out{read_length(value, subject), read_hashes(required_object(value, "hashes", subject), subject),
               std::nullopt};
    if (const auto custom = value.find("custom"); custom != value.end()) out.custom = *custom;
    return out;
}

template <class Payload>
Signed<Payload> finished(Payload payload, Envelope& envelope) {
    Bytes message = olpc_json(envelope.signed_part);
    return {std::move(payload), std::move(envelope.signatures), std::move(message), std::move(envelope.bytes)};
}

}  // namespace

Envelope read_envelope(Bytes bytes, const JsonLimits& limits) {
    Json document = parse_json(bytes, limits);
    (void)require_object(document, "document");
    Envelope out;
    out.dialect = Dialect::Tuf;
    std::set<KeyId> seen;
    for (const Json& entry : required_array(document, "signatures", "document")) {
        auto signature = read_signature(entry);
        if (!signature) continue;
        out.signatures.push_back(std::move(*signature));
        if (!seen.insert(out.signatures.back().keyid).second)
            malformed("document", concat("two signatures by key ", out.signatures.back().keyid));
    }
    out.has_unknown_members = document.size() > 2;
    (void)required_object(document, "signed", "document");
    out.signed_part = std::move(document["signed"]);
    out.bytes = std::move(bytes);
    return out;
}

Signed<Root> read_root(Envelope envelope) {
    const Json& from = envelope.signed_part;
    const Header header = read_header(from, "root", "root");
    Root out{header.version,
             header.expires,
             read_boolean(from, "consistent_snapshot", "root"),
             read_keys(required_object(from, "keys", "root")),
             {}};
    const Json& roles = required_object(from, "roles", "root");
    for (const RoleName* role : {&root_role(), &targets_role(), &snapshot_role(), &timestamp_role()})
        out.roles.emplace(role->str(),
                          read_role_keys(required(roles, role->str().c_str(), "root"), concat("root: role ", *role)));
    return finished(std::move(out), envelope);
}

Signed<Targets> read_targets(Envelope envelope, const RoleName& role) {
    const Json& from = envelope.signed_part;
    const Header header = read_header(from, role.str(), "targets");
    Targets out{header.version, header.expires, {}, {}};
    for (const auto& [name, value] : required_object(from, "targets", role.str()).items())
        out.targets.emplace_hint(out.targets.end(), name, read_target(value, concat(role, ": a target")));
    if (const Json* delegations = find_member(from, "delegations"))
        out.delegations = read_delegations(require_object(*delegations, concat(role, ": delegations")), role.str());
    return finished(std::move(out), envelope);
}

Signed<Snapshot> read_snapshot(Envelope envelope) {
    constexpr std::string_view suffix = ".json";
    const Json& from = envelope.signed_part;
    const Header header = read_header(from, "snapshot", "snapshot");
    Snapshot out{header.version, header.expires, {}};
    for (const auto& [name, value] : required_object(from, "meta", "snapshot").items()) {
        FileMeta meta = read_file_meta(value, concat("snapshot: meta of ", name.substr(0, 255)));
        // What is no file of a role is nothing that could be asked for.
        if (name.ends_with(suffix)) out.meta.emplace(name.substr(0, name.size() - suffix.size()), std::move(meta));
    }
    return finished(std::move(out), envelope);
}

Signed<Timestamp> read_timestamp(Envelope envelope) {
    const Json& from = envelope.signed_part;
    const Header header = read_header(from, "timestamp", "timestamp");
    const Json& meta = required_object(from, "meta", "timestamp");
    Timestamp out{header.version, header.expires,
                  read_file_meta(required(meta, "snapshot.json", "timestamp"), "timestamp: meta of snapshot.json")};
    return finished(std::move(out), envelope);
}

}  // namespace sello::tuf::tuf1
