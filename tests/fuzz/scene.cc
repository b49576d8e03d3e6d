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

const History& History::get() {
    static const History history;
    return history;
}

History::History() {
    auto& r = repository;
    const auto raise = [&r] {
        r.targets.version = r.targets.version.next();
        r.snapshot.version = r.snapshot.version.next();
        r.timestamp.version = r.timestamp.version.next();
        for (auto& [role, file] : r.delegations) file.version = file.version.next();
    };
    const auto replace_key = [&r](const std::string& role) {
        r.root.roles.at(role).keyids.clear();
        r.add_key(role);
    };
    publish();
    raise();
    r.add_delegation("targets/a", {"a", ""});
    r.add_delegation("targets/a/b", {"ab"});
    publish();
    raise();
    r.add_target("latest", "one");
    r.delegations.at(tuf::RoleName("targets/a/b")).targets = {{"abc", {3, {{"sha256", Bytes(32, 'x')}}, {}}}};
    publish();
    raise();
    r.root.version = r.root.version.next();
    replace_key("targets");
    replace_key("timestamp");
    publish();
    raise();
    r.root.version = r.root.version.next();
    r.add_key("root");
    r.add_key("targets");
    r.add_key("targets");
    r.root.roles.at("targets").threshold = 2;
    publish();
    raise();
    r.root.version = r.root.version.next();
    const auto first = r.root.roles.at("root").keyids.front();
    r.root.roles.at("root").keyids.erase(r.root.roles.at("root").keyids.begin());
    publish();
    // The root key that leaves signs its own farewell too.
    publications.back()["root"] = r.sign(tuf::to_json(r.root), {first, r.root.roles.at("root").keyids.front()});
    for (const Files& publication : publications)
        for (const auto& [role, document] : publication) record(document, signers);
}

void History::publish() {
    repository.publish();
    publications.push_back(repository.files);
    const auto add = [this](const tuf::Keys& more) {
        for (const auto& [id, key] : more)
            if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    };
    add(repository.root.keys);
    add(repository.targets.delegations.keys);
    for (const auto& [role, file] : repository.delegations) add(file.delegations.keys);
}

void History::record(const Bytes& document, Signers& to) const {
    const auto envelope = tuf::parse_envelope(document);
    auto& who = to[tuf::canonical_json(envelope.signed_part)];
    for (const auto& signature : envelope.signatures)
        for (const auto& key : keys)
            if (key.id() == signature.keyid) who.emplace(*key.material());
}

Scene::Scene(std::size_t at) : files(History::get().publications[at]) {}

Bytes Scene::sign(const Json& payload, const std::vector<tuf::KeyId>& keyids) {
    Bytes document = History::get().repository.sign(payload, keyids);
    History::get().record(document, signers_);
    return document;
}

bool Scene::is_signed(ByteView message, const tuf::RoleKeys& role, const tuf::Keys& keys) const {
    if (role.threshold < 1) return false;
    std::set<Bytes> who;
    for (const Signers* record : {&History::get().signers, &signers_})
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
    const auto& history = History::get();
    const std::string& role = history.roles[input.choice(history.roles.size())];
    switch (input.choice(8)) {
        case 0: {  // the file of another time or of another role
            const Files& from = history.publications[input.choice(history.publications.size())];
            const bool swap = input.flag();
            const auto file = from.find(swap ? history.roles[input.choice(history.roles.size())] : role);
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
        const auto& history = History::get();
        auto envelope = tuf::parse_envelope(files[role]);
        auto& signatures = envelope.signatures;
        if (signatures.empty()) return;
        const std::size_t at = input.choice(signatures.size());
        switch (input.choice(6)) {
            case 0: signatures.erase(signatures.begin() + static_cast<std::ptrdiff_t>(at)); break;
            case 1: signatures.push_back(signatures[at]); break;
            case 2: signatures[at].keyid = history.keys[input.choice(history.keys.size())].id(); break;
            case 3: signatures[at].method = input.flag() ? "rsapss" : "eddsa"; break;
            case 4: signatures[at].sig.resize(input.byte()); break;
            default: {
                Bytes& sig = signatures[at].sig;
                if (!sig.empty()) sig[input.choice(sig.size())] ^= static_cast<char>(1U << input.choice(8));
                break;
            }
        }
        files[role] = tuf::write_document(envelope.signed_part, signatures);
    });
}

void Scene::sign_again(Input& input, const std::string& role) {
    (void)accepts([&] {
        const auto& history = History::get();
        const Json payload = tuf::parse_envelope(files[role]).signed_part;
        std::vector<tuf::KeyId> keyids;
        switch (input.choice(4)) {
            case 0: keyids = ids_of(history.keys); break;
            case 1: keyids = {history.keys[input.choice(history.keys.size())].id()}; break;
            case 2: keyids.assign(2 + input.choice(2), history.keys[input.choice(history.keys.size())].id()); break;
            default:
                for (std::size_t i = input.choice(4); i > 0; --i)
                    keyids.push_back(history.keys[input.choice(history.keys.size())].id());
                break;
        }
        files[role] = sign(payload, keyids);
    });
}

void Scene::relist(Input& input) {
    const auto& history = History::get();
    const auto version = [&](const tuf::Version& now) {
        const auto number = now.number() + static_cast<std::int64_t>(input.choice(4)) - 1;
        return tuf::Version(std::clamp<std::int64_t>(number, 1, tuf::Version::kMax));
    };
    const auto all = ids_of(history.keys);
    tuf::Snapshot snapshot = history.repository.snapshot;
    snapshot.version = version(snapshot.version);
    for (const auto& [role, bytes] : files)
        if (role != "snapshot" && role != "timestamp") snapshot.meta[role] = tuf::describe_file(bytes);
    files["snapshot"] = sign(tuf::to_json(snapshot), all);
    tuf::Timestamp timestamp = history.repository.timestamp;
    timestamp.version = version(timestamp.version);
    timestamp.snapshot = tuf::describe_file(files["snapshot"]);
    files["timestamp"] = sign(tuf::to_json(timestamp), all);
}

}  // namespace sello::fuzz
