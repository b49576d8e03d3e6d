// Authoring a TUF 1.0 repository. What it gives is read as a client reads it.
#include "tuf/authoring/tuf_repository.h"

#include <gtest/gtest.h>

#include <functional>

#include "tuf/authoring/role_edit.h"
#include "tuf/base/error.h"
#include "tuf/metadata/tuf_codec.h"
#include "tuf/trust/target_search.h"

namespace sello::tuf {
namespace {

constexpr Instant kNow{1'800'000'000, 0};

/// A repository whose roles have an Ed25519 key each, all of them at hand.
struct TufRepositoryTest : testing::Test {
    std::map<KeyId, PrivateKey> held;
    std::map<std::string, Bytes> stored;
    TufRepository repository;

    TufRepositoryTest() {
        for (const char* role : {"root", "timestamp", "snapshot", "targets"})
            set_role_keys(repository.root(), RoleName(role), {new_key()}, 1);
    }

    PublicKey new_key() {
        PrivateKey key = PrivateKey::generate_ed25519();
        PublicKey listed = tuf1::public_key(key);
        held.emplace(listed.id(), std::move(key));
        return listed;
    }
    void delegate(Targets& from, const std::string& role, std::vector<std::string> paths) {
        set_delegation(from.delegations, {RoleName(role), {}, std::move(paths), PathRule::Patterns, false}, {new_key()},
                       1);
    }
    Targets& targets() { return repository.file_of(targets_role()); }

    /// The names of the files that publishing gave, in their order.
    std::vector<std::string> publish(TufRepository& which) {
        const PrivateKeyFinder finder = [&](const RoleName&, const PublicKey& key,
                                            ByteView message) -> std::optional<Signature> {
            const auto at = held.find(key.id());
            if (at == held.end()) return std::nullopt;
            return tuf1::sign(at->second, message, key.id());
        };
        std::vector<std::string> names;
        for (const RepositoryFile& file : which.publish(finder, kNow)) {
            names.push_back(file.name);
            stored[file.name] = file.bytes;
        }
        return names;
    }
    std::vector<std::string> publish() { return publish(repository); }

    /// A client that knows the first root.
    [[nodiscard]] TrustedMetadata pulled() const {
        TrustedMetadata trusted(kNow);
        trusted.trust_root(stored.at("1.root.json"));
        for (int next = 2; stored.contains(concat(next, ".root.json")); ++next)
            trusted.update_root(stored.at(concat(next, ".root.json")));
        trusted.require_current_root();
        (void)trusted.update_timestamp(stored.at("timestamp.json"));
        trusted.update_snapshot(stored.at(concat(*trusted.timestamp().payload.snapshot.version, ".snapshot.json")));
        take(trusted, targets_role(), root_role());
        return trusted;
    }
    void take(TrustedMetadata& trusted, const RoleName& role, const RoleName& delegator) const {
        std::string name = role.str();
        if (const auto slash = name.find('/'); slash != std::string::npos) name.replace(slash, 1, "%2F");
        trusted.update_targets(role, delegator,
                               stored.at(concat(*trusted.require_listed(role).version, ".", name, ".json")));
    }
};

TEST_F(TufRepositoryTest, GivesFilesInTheOrderInWhichTheyAreStored) {
    delegate(targets(), "team/a", {"a/*"});
    repository.file_of(RoleName("team/a")).targets["a/v1"] = describe_target("one");

    EXPECT_EQ(publish(), (std::vector<std::string>{"1.team%2Fa.json", "1.targets.json", "1.snapshot.json",
                                                   "1.root.json", "timestamp.json"}));

    TrustedMetadata trusted = pulled();
    take(trusted, RoleName("team/a"), targets_role());
    EXPECT_EQ(trusted.targets(RoleName("team/a"))->payload.targets.at("a/v1"), describe_target("one"));
    EXPECT_EQ(trusted.snapshot().payload.expires, kNow + TufLifetimes().snapshot);
}

TEST_F(TufRepositoryTest, RaisesTheVersionsOfWhatChangedOnly) {
    delegate(targets(), "team", {"a/*"});
    (void)repository.file_of(RoleName("team"));
    (void)publish();
    EXPECT_EQ(publish(), std::vector<std::string>{});

    repository.file_of(RoleName("team")).targets["a/v1"] = describe_target("one");
    EXPECT_EQ(publish(), (std::vector<std::string>{"2.team.json", "2.snapshot.json", "timestamp.json"}));
    repository.renew(timestamp_role());
    EXPECT_EQ(publish(), std::vector<std::string>{"timestamp.json"});
    repository.renew(snapshot_role());
    EXPECT_EQ(publish(), (std::vector<std::string>{"3.snapshot.json", "timestamp.json"}));

    EXPECT_EQ(pulled().timestamp().payload.version, Version(4));
    EXPECT_EQ(pulled().listed(targets_role())->version, Version(1));
}

TEST_F(TufRepositoryTest, GoesOnFromWhatWasVerified) {
    delegate(targets(), "team", {"a/*"});
    delegate(targets(), "not-loaded", {"b/*"});
    (void)repository.file_of(RoleName("team"));
    (void)repository.file_of(RoleName("not-loaded"));
    (void)publish();
    TrustedMetadata trusted = pulled();
    take(trusted, RoleName("team"), targets_role());

    TufRepository next(trusted);
    EXPECT_EQ(publish(next), std::vector<std::string>{});
    next.file_of(targets_role()).targets["v1"] = describe_target("one");
    EXPECT_EQ(publish(next), (std::vector<std::string>{"2.targets.json", "2.snapshot.json", "timestamp.json"}));

    EXPECT_EQ(pulled().listed(RoleName("not-loaded"))->version, Version(1));
}

TEST_F(TufRepositoryTest, NewKeysSignWhatTheyAreFor) {
    delegate(targets(), "team", {"a/*"});
    (void)repository.file_of(RoleName("team"));
    (void)publish();
    Root& root = repository.root();
    set_role_keys(root, root_role(), {new_key(), new_key()}, 2);
    set_role_keys(root, snapshot_role(), {new_key()}, 1);
    EXPECT_EQ(publish(), (std::vector<std::string>{"2.snapshot.json", "2.root.json", "timestamp.json"}));
    EXPECT_NO_THROW((void)pulled());

    delegate(targets(), "team", {"a/*"});
    EXPECT_EQ(publish(),
              (std::vector<std::string>{"2.team.json", "2.targets.json", "3.snapshot.json", "timestamp.json"}));
    TrustedMetadata trusted = pulled();
    EXPECT_NO_THROW(take(trusted, RoleName("team"), targets_role()));
}

TEST_F(TufRepositoryTest, EveryBinHasAFile) {
    set_bins(targets().delegations, 3, "bin", {new_key()}, 1);
    repository.file_of(targets().delegations.succinct->bin_of("v1")).targets["v1"] = describe_target("one");

    EXPECT_EQ(publish().size(), 8U + 4U);

    TrustedMetadata trusted = pulled();
    const auto load = [&](const RoleName& role, const RoleName& delegator) -> const Targets& {
        if (trusted.targets(role) == nullptr) take(trusted, role, delegator);
        return trusted.targets(role)->payload;
    };
    EXPECT_TRUE(search_target("v1", load));
    EXPECT_FALSE(search_target("v2", load));
}

TEST_F(TufRepositoryTest, ARoleThatIsNotDelegatedToAnyMoreStaysListed) {
    delegate(targets(), "team", {"a/*"});
    (void)repository.file_of(RoleName("team"));
    (void)publish();
    targets().delegations = {};
    EXPECT_EQ(publish(), (std::vector<std::string>{"2.targets.json", "2.snapshot.json", "timestamp.json"}));
    EXPECT_NE(pulled().listed(RoleName("team")), nullptr);
}

TEST_F(TufRepositoryTest, KeepsMembersThatItDoesNotKnow) {
    (void)publish();
    Json payload = parse_json(stored["1.root.json"])["signed"];
    payload["x-note"] = "kept";
    const RoleKeys role = repository.root().role("root");
    Draft draft(Dialect::Tuf, root_role(), payload);
    draft.add(tuf1::sign(held.at(role.keyids[0]), draft.message(), role.keyids[0]), role, repository.root().keys);
    stored["1.root.json"] = draft.bytes();

    TufRepository next(pulled());
    next.renew(root_role());

    EXPECT_EQ(publish(next), std::vector<std::string>{"2.root.json"});
    EXPECT_EQ(parse_json(stored["2.root.json"])["signed"]["x-note"], "kept");
}

TEST_F(TufRepositoryTest, RefusesWhatCouldNotBeSignedAndChangesNothing) {
    (void)publish();
    const auto fault = [&] {
        try {
            (void)publish();
        } catch (const Error& e) {
            return e.fault();
        }
        return Fault::Internal;
    };
    const TufRepository before = repository;
    const std::vector<std::function<void()>> edits = {
        [&] { repository.root().roles["targets"].threshold = 2; },
        [&] { repository.root().roles["targets"].threshold = 0; },
        [&] { repository.root().roles["snapshot"].keyids.push_back(KeyId("unlisted")); },
        [&] {
            RoleKeys& role = repository.root().roles["targets"];
            role.keyids.push_back(role.keyids[0]);
        },
        [&] {
            const PublicKey& key = repository.root().keys.at(repository.root().role("targets").keyids[0]);
            const PublicKey alias(KeyId("alias"), key.type_name(), key.scheme_name(), key.bytes());
            repository.root().keys.emplace(alias.id(), alias);
            repository.root().roles["targets"].keyids.push_back(alias.id());
        },
        [&] { (void)repository.file_of(RoleName("nobody's")); },
        [&] {
            delegate(targets(), "a", {"*"});
            delegate(targets(), "b", {"*"});
            delegate(repository.file_of(RoleName("a")), "both", {"*"});
            delegate(repository.file_of(RoleName("b")), "both", {"*"});
            (void)repository.file_of(RoleName("both"));
        },
        [&] { set_bins(targets().delegations, 17, "bin", {new_key()}, 1); },
    };
    for (std::size_t i = 0; i < edits.size(); ++i) {
        repository = before;
        edits[i]();
        EXPECT_EQ(fault(), Fault::FailedPrecondition) << i;
    }

    repository = before;
    held.clear();
    targets().targets["v1"] = describe_target("one");
    EXPECT_EQ(fault(), Fault::ThresholdNotMet);
    EXPECT_EQ(targets().version, Version(1)) << "nothing was published";
}

}  // namespace
}  // namespace sello::tuf
