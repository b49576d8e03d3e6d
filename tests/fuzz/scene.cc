#include "tests/fuzz/scene.h"

#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/metadata/canonical_json.h"

namespace sello::fuzz {
namespace {

using tuf::Json;

std::vector<tuf::KeyId> ids_of(const std::vector<tuf::PublicKey>& keys) {
    std::vector<tuf::KeyId> out;
    for (const auto& key : keys) out.push_back(key.id());
    return out;
}

void collect(Json& value, std::vector<Json*>& out) {
    out.push_back(&value);
    if (value.is_structured())
        for (Json& inner : value) collect(inner, out);
}

/// What a value may become: bounds, other types, and the spellings that checks look for.
Json odd_value(Input& input, const Json& before) {
    static const std::vector<Json> values{
        nullptr,
        true,
        0,
        -1,
        1,
        2,
        3,
        2147483647,
        2147483648,
        9007199254740993,
        INT64_MAX,
        UINT64_MAX,
        1.5,
        1e300,
        "",
        "Root",
        "Targets",
        "Snapshot",
        "Timestamp",
        "root",
        "targets",
        "targets/a",
        "targets/a/b",
        "targets/../x",
        "1999-01-01T00:00:00Z",
        "2027-01-15T08:00:00Z",
        "9999-12-31T23:59:59Z",
        "sha256",
        "AAAA",
        Json::array(),
        Json::object(),
        Json::array({""}),
        "ecdsa",
        "rsapss",
        "eddsa",
    };
    const std::size_t which = input.choice(values.size() + 3);
    if (which < values.size()) return values[which];
    if (before.is_number_integer()) return before.get<std::int64_t>() + (which == values.size() ? 1 : -1);
    if (before.is_string()) return before.get<std::string>() + "a";
    return before;
}

}  // namespace

void History::record(const Bytes& document, Signers& to) const {
    const auto envelope = tuf::parse_envelope(document, dialect());
    auto& who = to[dialect() == tuf::Dialect::Notary ? tuf::canonical_json(envelope.signed_part())
                                                     : tuf::olpc_json(envelope.signed_part())];
    for (const auto& signature : envelope.signatures)
        for (const auto& key : keys)
            if (key.id() == signature.keyid) who.emplace(*key.material());
}

Bytes Scene::sign(const Json& payload, const std::vector<tuf::KeyId>& keyids) {
    Bytes document = history_.sign(payload, keyids);
    history_.record(document, signers_);
    return document;
}

bool Scene::is_signed(ByteView message, const tuf::RoleKeys& role, const tuf::Keys& keys) const {
    if (role.threshold < 1) return false;
    std::set<Bytes> who;
    for (const Signers* record : {&history_.signers, &signers_})
        if (const auto entry = record->find(Bytes(message)); entry != record->end())
            who.insert(entry->second.begin(), entry->second.end());
    std::set<Bytes> distinct;
    for (const auto& id : role.keyids) {
        const auto key = keys.find(id);
        if (key == keys.end() || !key->second.material()) continue;
        if (who.contains(Bytes(*key->second.material()))) distinct.emplace(*key->second.material());
    }
    return static_cast<std::int64_t>(distinct.size()) >= role.threshold;
}

void Scene::mutate(Input& input) {
    const std::string& role = history_.roles[input.choice(history_.roles.size())].first;
    switch (input.choice(8)) {
        case 0: {  // the file of another time or of another role
            const Files& from = history_.publications[input.choice(history_.publications.size())];
            const bool swap = input.flag();
            const auto file = from.find(swap ? history_.roles[input.choice(history_.roles.size())].first : role);
            if (file != from.end()) files[role] = file->second;
            break;
        }
        case 1: files.erase(role); break;
        case 2: alter_bytes(input, role); break;
        case 3: alter_signatures(input, role); break;
        case 4: alter_signed(input, role); break;
        case 5: sign_again(input, role); break;
        default:
            alter_signed(input, role);
            sign_again(input, role);
            break;
    }
}

void Scene::alter_bytes(Input& input, const std::string& role) {
    Bytes& bytes = files[role];
    const std::size_t at = input.number() % (bytes.size() + 1);
    switch (input.choice(4)) {
        case 0: bytes.resize(at); break;
        case 1: bytes.insert(at, 1, static_cast<char>(input.byte())); break;
        case 2: bytes.erase(at, 1); break;
        default:
            if (at < bytes.size()) bytes[at] = static_cast<char>(input.byte());
            break;
    }
}

void Scene::alter_signed(Input& input, const std::string& role) {
    (void)accepts([&] {
        Json document = tuf::parse_json(files[role]);
        if (!document.is_object() || !document.contains("signed")) return;
        std::vector<Json*> values;
        collect(document["signed"], values);
        Json& value = *values[input.number() % values.size()];
        const Json other = *values[input.number() % values.size()];
        switch (input.choice(4)) {
            case 0: value = other; break;
            case 1:
                if (value.is_object() && !value.empty()) value.erase(value.begin());
                break;
            case 2:
                if (value.is_object()) value["added"] = other;
                if (value.is_array()) value.push_back(value.empty() ? other : Json(value[0]));
                break;
            default: value = odd_value(input, value); break;
        }
        files[role] = tuf::wire_json(document);
    });
}

void Scene::alter_signatures(Input& input, const std::string& role) {
    (void)accepts([&] {
        auto envelope = tuf::parse_envelope(files[role], history_.dialect());
        auto& signatures = envelope.signatures;
        if (signatures.empty()) return;
        const std::size_t at = input.choice(signatures.size());
        switch (input.choice(6)) {
            case 0: signatures.erase(signatures.begin() + static_cast<std::ptrdiff_t>(at)); break;
            case 1: signatures.push_back(signatures[at]); break;
            case 2: signatures[at].keyid = history_.keys[input.choice(history_.keys.size())].id(); break;
            case 3: signatures[at].method = input.flag() ? "rsapss" : "eddsa"; break;
            case 4: signatures[at].sig.resize(input.byte()); break;
            default: {
                Bytes& sig = signatures[at].sig;
                if (!sig.empty()) sig[input.choice(sig.size())] ^= static_cast<char>(1U << input.choice(8));
                break;
            }
        }
        files[role] = history_.write(envelope.signed_part().tree(), signatures);
    });
}

void Scene::sign_again(Input& input, const std::string& role) {
    (void)accepts([&] {
        const Json payload = tuf::parse_envelope(files[role], history_.dialect()).signed_part().tree();
        std::vector<tuf::KeyId> keyids;
        switch (input.choice(4)) {
            case 0: keyids = ids_of(history_.keys); break;
            case 1: keyids = {history_.keys[input.choice(history_.keys.size())].id()}; break;
            case 2: keyids.assign(2 + input.choice(2), history_.keys[input.choice(history_.keys.size())].id()); break;
            default:
                for (std::size_t i = input.choice(4); i > 0; --i)
                    keyids.push_back(history_.keys[input.choice(history_.keys.size())].id());
                break;
        }
        files[role] = sign(payload, keyids);
    });
}

void Scene::relist(Input& input) {
    (void)accepts([&] {
        const auto step = [&] { return static_cast<std::int64_t>(input.choice(4)) - 1; };
        const auto all = ids_of(history_.keys);
        const auto snapshot_step = step();
        const Bytes snapshot = sign(history_.snapshot_of(files, snapshot_step), all);
        files["timestamp"] = sign(history_.timestamp_of(snapshot, step()), all);
        files["snapshot"] = snapshot;
    });
}

}  // namespace sello::fuzz
