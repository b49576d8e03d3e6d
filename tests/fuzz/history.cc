#include <utility>

#include "tests/fuzz/scene.h"
#include "tests/support/repository_simulator.h"
#include "tests/support/tuf_simulator.h"
#include "tuf/crypto/digest.h"
#include "tuf/metadata/canonical_json.h"

namespace sello::fuzz {
namespace {

tuf::Version stepped(const tuf::Version& version, std::int64_t step) {
    return tuf::Version(std::clamp<std::int64_t>(version.number() + step, 1, 1'000'000));
}

void raise(tuf::Version& version) { version = version.next(); }

class NotaryHistory final : public History {
public:
    NotaryHistory() {
        roles = {{"root", "root"},    {"timestamp", "root"},    {"snapshot", "root"},
                 {"targets", "root"}, {"targets/a", "targets"}, {"targets/a/b", "targets/a"}};
        auto& r = repository_;
        publish();
        raise_all();
        r.add_delegation("targets/a", {"a", ""});
        r.add_delegation("targets/a/b", {"ab"});
        publish();
        raise_all();
        r.add_target("latest", "one");
        r.delegations.at(tuf::RoleName("targets/a/b")).targets = {{"abc", tuf::describe_target("two")}};
        publish();
        raise_all();
        raise(r.root.version);
        for (const char* role : {"targets", "timestamp"}) {
            r.root.roles.at(role).keyids.clear();
            r.add_key(role);
        }
        publish();
        raise_all();
        raise(r.root.version);
        r.add_key("root");
        r.add_key("targets");
        r.add_key("targets");
        r.root.roles.at("targets").threshold = 2;
        publish();
        raise_all();
        raise(r.root.version);
        auto& root_keys = r.root.roles.at("root").keyids;
        const auto leaving = root_keys.front();
        root_keys.erase(root_keys.begin());
        publish();
        publications.back()["root"] = r.sign(tuf::to_json(r.root), {leaving, root_keys.front()});
        for (const Files& files : publications)
            for (const auto& [role, document] : files) record(document, signers);
    }

    [[nodiscard]] tuf::Dialect dialect() const override { return tuf::Dialect::Notary; }
    [[nodiscard]] Bytes sign(const tuf::Json& payload, const std::vector<tuf::KeyId>& keyids) const override {
        return repository_.sign(payload, keyids);
    }
    [[nodiscard]] Bytes write(const tuf::Json& payload, const std::vector<tuf::Signature>& with) const override {
        return tuf::write_document(payload, with);
    }
    [[nodiscard]] tuf::Json snapshot_of(const Files& files, std::int64_t step) const override {
        tuf::Snapshot snapshot = repository_.snapshot;
        snapshot.version = stepped(snapshot.version, step);
        for (const auto& [role, bytes] : files)
            if (role != "snapshot" && role != "timestamp") snapshot.meta[role] = tuf::describe_file(bytes);
        return tuf::to_json(snapshot);
    }
    [[nodiscard]] tuf::Json timestamp_of(ByteView snapshot, std::int64_t step) const override {
        tuf::Timestamp timestamp = repository_.timestamp;
        timestamp.version = stepped(timestamp.version, step);
        timestamp.snapshot = tuf::describe_file(snapshot);
        return tuf::to_json(timestamp);
    }

private:
    void raise_all() {
        raise(repository_.targets.version);
        raise(repository_.snapshot.version);
        raise(repository_.timestamp.version);
        for (auto& [role, file] : repository_.delegations) raise(file.version);
    }

    void publish() {
        repository_.publish();
        publications.push_back(repository_.files);
        const auto add = [this](const tuf::Keys& more) {
            for (const auto& [id, key] : more)
                if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
        };
        add(repository_.root.keys);
        add(repository_.targets.delegations.keys);
        for (const auto& [role, file] : repository_.delegations) add(file.delegations.keys);
    }

    test::RepositorySimulator repository_{"example/app", now};
};

class TufHistory final : public History {
public:
    TufHistory() {
        roles = {{"root", "root"}, {"timestamp", "root"}, {"snapshot", "root"}, {"targets", "root"}, {"a", "targets"},
                 {"b", "a"},       {"hashed", "targets"}, {"bin-0", "hashed"},  {"bin-1", "hashed"}};
        auto& r = repository_;
        publish();
        raise_all();
        r.delegate("targets", "a", {"a*", "dir/*"});
        r.delegate("a", "b", {"ab?"}, true);
        r.delegate("targets", "hashed", {tuf::sha256_hex("by-hash").substr(0, 1)}).rule = tuf::PathRule::HashPrefixes;
        delegate_bins("hashed");
        publish();
        raise_all();
        r.add_target("targets", "latest", "one");
        r.add_target("b", "abc", "two");
        const auto& bins = *r.file_of("hashed").delegations.succinct;
        r.add_target(bins.bin_of("by-hash").str(), "by-hash", "three");
        r.lists_digests = false;
        publish();
        r.lists_digests = true;
        raise_all();
        raise(r.root.version);
        r.rotate_key("targets");
        r.rotate_key("timestamp");
        r.root.consistent_snapshot = false;
        publish();
        raise_all();
        raise(r.root.version);
        r.add_key("root");
        r.add_key("targets");
        r.add_key("targets");
        r.root.roles.at("targets").threshold = 2;
        publish();
        raise_all();
        raise(r.root.version);
        const test::TufSimulator::Signers leaving{r.signers.at("root").front()};
        r.root.roles.at("root").keyids.erase(r.root.roles.at("root").keyids.begin());
        r.signers.at("root").erase(r.signers.at("root").begin());
        publish(leaving);
        for (const Files& files : publications)
            for (const auto& [role, document] : files) record(document, signers);
    }

    [[nodiscard]] tuf::Dialect dialect() const override { return tuf::Dialect::Tuf; }
    [[nodiscard]] Bytes sign(const tuf::Json& payload, const std::vector<tuf::KeyId>& keyids) const override {
        const Bytes message = tuf::olpc_json(payload);
        std::vector<tuf::Signature> signatures;
        for (const auto& id : keyids) signatures.push_back(tuf::tuf1::sign(*private_keys_.at(id), message, id));
        return tuf::tuf1::write_document(payload, signatures);
    }
    [[nodiscard]] Bytes write(const tuf::Json& payload, const std::vector<tuf::Signature>& with) const override {
        return tuf::tuf1::write_document(payload, with);
    }
    [[nodiscard]] tuf::Json snapshot_of(const Files& files, std::int64_t step) const override {
        tuf::Snapshot snapshot = repository_.snapshot;
        snapshot.version = stepped(snapshot.version, step);
        for (const auto& [role, bytes] : files)
            if (role != "root" && role != "snapshot" && role != "timestamp")
                snapshot.meta[role] = describe(bytes, step);
        return tuf::tuf1::encode(snapshot);
    }
    [[nodiscard]] tuf::Json timestamp_of(ByteView snapshot, std::int64_t step) const override {
        tuf::Timestamp timestamp = repository_.timestamp;
        timestamp.version = stepped(timestamp.version, step);
        timestamp.snapshot = describe(snapshot, step);
        return tuf::tuf1::encode(timestamp);
    }

private:
    /// Two bins below `delegator`, with one key for both.
    void delegate_bins(const std::string& delegator) {
        auto& r = repository_;
        r.delegate(delegator, "bin-0", {});
        r.delegate(delegator, "bin-1", {});
        r.signers.at("bin-1") = r.signers.at("bin-0");
        tuf::Delegations& delegations = r.file_of(delegator).delegations;
        const tuf::RoleKeys signing = delegations.roles.front().keys;
        delegations.roles.clear();
        delegations.succinct = tuf::SuccinctRoles{signing, 1, "bin"};
    }

    /// With the version that the file says, or 1 if it says none. `step` is that of the document that lists it: where
    /// that stays, no digests are listed.
    static tuf::FileMeta describe(ByteView bytes, std::int64_t step) {
        tuf::FileMeta meta;
        if (step != 0) meta = tuf::describe_file(bytes);
        meta.version = tuf::Version(1);
        (void)accepts([&] {
            const auto document = tuf::parse_json(bytes);
            if (!document.is_object() || !document.contains("signed") || !document["signed"].is_object()) return;
            if (const auto version = document["signed"].find("version");
                version != document["signed"].end() && version->is_number_integer())
                meta.version = tuf::Version(version->get<std::int64_t>());
        });
        return meta;
    }

    void raise_all() {
        raise(repository_.targets.version);
        for (auto& [role, file] : repository_.delegated) raise(file.version);
    }

    void publish(const test::TufSimulator::Signers& also = {}) {
        repository_.publish_root(also);
        repository_.publish();
        Files files;
        for (const auto& [role, delegator] : roles) {
            const auto version = role == "root"       ? repository_.root.version
                                 : role == "snapshot" ? repository_.snapshot.version
                                                      : repository_.targets.version;
            for (const auto& name : {concat(version, ".", role, ".json"), role + ".json"})
                if (const auto file = repository_.files.find(name); file != repository_.files.end())
                    files[role] = file->second;
        }
        for (const auto& [role, file] : repository_.delegated)
            files[role] = repository_.files.at(concat(file.version, ".", role, ".json"));
        publications.push_back(std::move(files));
        for (const auto& [role, held] : repository_.signers)
            for (const auto& key : held)
                if (const auto listed = tuf::tuf1::public_key(*key); private_keys_.emplace(listed.id(), key).second)
                    keys.push_back(listed);
    }

    test::TufSimulator repository_{now};
    std::map<tuf::KeyId, std::shared_ptr<tuf::PrivateKey>> private_keys_;
};

}  // namespace

const History& History::notary() {
    static const NotaryHistory history;
    return history;
}

const History& History::tuf() {
    static const TufHistory history;
    return history;
}

}  // namespace sello::fuzz
