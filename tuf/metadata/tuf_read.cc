#include <optional>
#include <set>
#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/base/mismatch.h"
#include "tuf/metadata/canonical_json.h"
#include "tuf/metadata/json_shape.h"
#include "tuf/metadata/tuf_codec.h"

namespace sello::tuf::tuf1 {
namespace {

constexpr std::size_t kMaxRoleKeys = 256;

/// nullopt for an id that no key can have.
std::optional<Signature> read_signature(JsonView entry) {
    (void)require_object(entry, "signature");
    auto sig = from_hex(string_member(entry, "sig", "signature"));
    std::string id(string_member(entry, "keyid", "signature"));
    if (!KeyIdTag::fits(id)) return std::nullopt;
    return Signature{KeyId(std::move(id)), "", sig ? std::move(*sig) : Bytes()};
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

Instant read_expires(JsonView signed_part, const std::string& subject) {
    constexpr std::size_t size = 20;  // 2030-01-02T03:04:05Z
    const std::string_view text = string_member(signed_part, "expires", subject);
    const auto expires = parse_rfc3339(text);
    if (!expires || text.size() != size || text.back() != 'Z' || text[10] != 'T')
        malformed({subject, ": \"expires\""}, "YYYY-MM-DDTHH:MM:SSZ", *signed_part.find("expires"));
    return *expires;
}

struct Header {
    Version version{1};
    Instant expires;
};

Header read_header(JsonView signed_part, const std::string& subject, std::string_view type) {
    const std::string_view got = string_member(signed_part, "_type", subject);
    if (got != type)
        throw Mismatch(Fault::WrongType, concat(subject, ": \"_type\": want ", type, ", got ", head(got)), type,
                       got.empty() ? "nothing" : head(got));
    const std::string_view spec_version = string_member(signed_part, "spec_version", subject);
    if (!is_supported(spec_version))
        malformed({subject, ": \"spec_version\""}, "1.x.y", *signed_part.find("spec_version"));
    return {Version(required_integer(signed_part, "version", subject)), read_expires(signed_part, subject)};
}

Hashes read_hashes(JsonView object, const Subject& subject) {
    Hashes out;
    for (const auto& [algorithm, value] : object.members()) {
        auto digest = from_hex(string_value(value, subject));
        if (!digest) malformed(concat(subject, ": hash ", head(algorithm)), "hex", value);
        out.emplace_hint(out.end(), algorithm, std::move(*digest));
    }
    if (out.empty()) malformed(concat(subject, ": \"hashes\""), "at least one", "none");
    return out;
}

std::int64_t read_length(JsonView object, const Subject& subject) {
    const std::int64_t length = required_integer(object, "length", subject);
    if (length < 0) malformed(concat(subject, ": \"length\""), "0 or more", std::to_string(length));
    return length;
}

FileMeta read_file_meta(JsonView value, const Subject& subject) {
    (void)require_object(value, subject);
    FileMeta out;
    out.version = Version(required_integer(value, "version", subject));
    if (value.find("length")) out.length = read_length(value, subject);
    if (value.find("hashes")) out.hashes = read_hashes(required_object(value, "hashes", subject), subject);
    return out;
}

/// Empty if it is not there, or no string.
std::string text_of(JsonView object, std::string_view name) {
    const auto member = object.find(name);
    return member && member->is_string() ? std::string(member->text()) : std::string();
}

/// A key of a kind that Sello does not know, or of no known shape, is kept: it can never count, and hinders nobody.
PublicKey read_key(std::string id, JsonView value) {
    const auto values = value.find("keyval");
    return {KeyId(std::move(id)), text_of(value, "keytype"), text_of(value, "scheme"),
            values ? text_of(*values, "public") : std::string()};
}

Keys read_keys(JsonView object) {
    Keys out;
    for (const auto& [name, value] : object.members()) {
        const std::string id(name);
        if (KeyIdTag::fits(id)) out.emplace(KeyId(id), read_key(id, value));
    }
    return out;
}

/// A key id without a key is no fault: it just cannot sign.
RoleKeys read_role_keys(JsonView value, const std::string& subject) {
    (void)require_object(value, subject);
    RoleKeys out;
    out.threshold = required_integer(value, "threshold", subject);
    if (!is_threshold(out.threshold))
        malformed({subject, ": \"threshold\""}, "1 or more", std::to_string(out.threshold));
    const JsonView ids = required_list(value, "keyids", subject);
    if (ids.size() > kMaxRoleKeys)
        throw Mismatch(Fault::TooLarge, concat(subject, ": lists more than ", kMaxRoleKeys, " keys"),
                       concat(kMaxRoleKeys, " keys at most"), concat(ids.size(), " keys"));
    std::set<std::string> seen;
    for (const JsonView id : ids.items()) {
        const std::string text(string_value(id, concat(subject, ": key id")));
        if (!seen.insert(text).second)
            malformed({subject, ": \"keyids\""}, "each key id once", concat(head(text), " twice"));
        if (KeyIdTag::fits(text)) out.keyids.emplace_back(text);  // no key has another
    }
    return out;
}

bool read_boolean(JsonView object, std::string_view name, const std::string& subject) {
    const auto member = object.find(name);
    if (!member) return false;
    if (member->kind() != JsonKind::Boolean) malformed(concat(subject, ": \"", name, "\""), "true or false", *member);
    return member->boolean();
}

std::vector<std::string> read_strings(JsonView list, const std::string& subject) {
    std::vector<std::string> out;
    for (const JsonView value : list.items()) out.emplace_back(string_value(value, subject));
    return out;
}

Delegation read_delegation(JsonView value, const std::string& delegator) {
    const std::string subject = concat(delegator, ": a delegation");
    (void)require_object(value, subject);
    Delegation out{RoleName(std::string(string_member(value, "name", subject))), {}, {}, PathRule::Patterns, false};
    if (is_top_level(out.name)) malformed(subject, "the name of a role that is not of the top level", out.name.str());
    out.keys = read_role_keys(value, concat(delegator, ": delegation to ", out.name));
    out.terminating = read_boolean(value, "terminating", subject);
    if (value.find("paths") && value.find("path_hash_prefixes"))
        malformed(subject, R"("paths" or "path_hash_prefixes")", "both");
    if (value.find("path_hash_prefixes")) {
        out.rule = PathRule::HashPrefixes;
        out.paths = read_strings(required_list(value, "path_hash_prefixes", subject), subject);
    } else if (value.find("paths")) {
        out.paths = read_strings(required_list(value, "paths", subject), subject);
    }
    return out;
}

SuccinctRoles read_succinct(JsonView value, const std::string& delegator) {
    const std::string subject = concat(delegator, ": succinct roles");
    SuccinctRoles out{read_role_keys(value, subject), required_integer(value, "bit_length", subject),
                      std::string(string_member(value, "name_prefix", subject))};
    if (out.bit_length < 1 || out.bit_length > 32)
        malformed({subject, ": \"bit_length\""}, "1 to 32", std::to_string(out.bit_length));
    return out;
}

Delegations read_delegations(JsonView value, const std::string& delegator) {
    Delegations out;
    out.keys = read_keys(required_object(value, "keys", delegator));
    const auto succinct = value.find("succinct_roles");
    if (value.find("roles").has_value() == succinct.has_value())
        malformed({delegator, ": delegations"}, R"("roles" or "succinct_roles")", succinct ? "both" : "neither");
    if (succinct) {
        out.succinct = read_succinct(*succinct, delegator);
        return out;
    }
    std::set<RoleName> seen;
    for (const JsonView role : required_list(value, "roles", delegator).items()) {
        out.roles.push_back(read_delegation(role, delegator));
        if (!seen.insert(out.roles.back().name).second)
            malformed({delegator, ": delegations"}, "each role once", concat(out.roles.back().name, " twice"));
    }
    return out;
}

Target read_target(JsonView value, const Subject& subject) {
    (void)require_object(value, subject);
    Target out{read_length(value, subject), read_hashes(required_object(value, "hashes", subject), subject),
               std::nullopt};
    if (const auto custom = value.find("custom")) out.custom = custom->tree();
    return out;
}

template <class Payload>
Signed<Payload> finished(Payload payload, Envelope& envelope) {
    Bytes message = olpc_json(envelope.signed_part());
    return {std::move(payload), std::move(envelope.signatures), std::move(message),
            std::move(envelope.document).text()};
}

}  // namespace

Envelope read_envelope(Bytes bytes, const JsonLimits& limits) {
    Envelope out{Dialect::Tuf, JsonDocument::parse(std::move(bytes), limits), {}, false};
    const JsonView document = require_object(out.document.root(), "document");
    std::set<KeyId> seen;
    for (const JsonView entry : required_list(document, "signatures", "document").items()) {
        auto signature = read_signature(entry);
        if (!signature) continue;
        out.signatures.push_back(std::move(*signature));
        if (!seen.insert(out.signatures.back().keyid).second)
            malformed("document", "one signature by each key", concat("two by ", out.signatures.back().keyid));
    }
    out.has_unknown_members = document.size() > 2;
    (void)required_object(document, "signed", "document");
    return out;
}

Signed<Root> read_root(Envelope envelope) {
    const JsonView from = envelope.signed_part();
    const Header header = read_header(from, "root", "root");
    Root out{header.version,
             header.expires,
             read_boolean(from, "consistent_snapshot", "root"),
             read_keys(required_object(from, "keys", "root")),
             {}};
    const JsonView roles = required_object(from, "roles", "root");
    for (const RoleName* role : {&root_role(), &targets_role(), &snapshot_role(), &timestamp_role()})
        out.roles.emplace(role->str(),
                          read_role_keys(required_object(roles, role->str(), "root"), concat("root: role ", *role)));
    return finished(std::move(out), envelope);
}

Signed<Targets> read_targets(Envelope envelope, const RoleName& role) {
    const JsonView from = envelope.signed_part();
    const Header header = read_header(from, role.str(), "targets");
    Targets out{header.version, header.expires, {}, {}};
    const std::string subject = concat(role, ": a target");
    for (const auto& [name, value] : required_object(from, "targets", role.str()).members())
        out.targets.emplace_hint(out.targets.end(), name, read_target(value, subject));
    if (const auto delegations = find_member(from, "delegations"))
        out.delegations = read_delegations(require_object(*delegations, concat(role, ": delegations")), role.str());
    return finished(std::move(out), envelope);
}

Signed<Snapshot> read_snapshot(Envelope envelope) {
    constexpr std::string_view suffix = ".json";
    const JsonView from = envelope.signed_part();
    const Header header = read_header(from, "snapshot", "snapshot");
    Snapshot out{header.version, header.expires, {}};
    for (const auto& [name, value] : required_object(from, "meta", "snapshot").members()) {
        FileMeta meta = read_file_meta(value, {"snapshot", ": meta of ", name});
        // What is no file of a role is nothing that could be asked for.
        if (name.ends_with(suffix)) out.meta.emplace(name.substr(0, name.size() - suffix.size()), std::move(meta));
    }
    return finished(std::move(out), envelope);
}

Signed<Timestamp> read_timestamp(Envelope envelope) {
    const JsonView from = envelope.signed_part();
    const Header header = read_header(from, "timestamp", "timestamp");
    const JsonView meta = required_object(from, "meta", "timestamp");
    Timestamp out{
        header.version, header.expires,
        read_file_meta(required_object(meta, "snapshot.json", "timestamp"), "timestamp: meta of snapshot.json")};
    return finished(std::move(out), envelope);
}

}  // namespace sello::tuf::tuf1
