// The attacks of the TUF specification, against the ordered checks of a pull.
#include "tuf/trust/trusted_metadata.h"

#include <gtest/gtest.h>

#include "tests/support/repository_simulator.h"
#include "tuf/base/error.h"
#include "tuf/trust/target_search.h"

namespace sello::tuf {
namespace {

using test::RepositorySimulator;
using namespace std::chrono_literals;

struct TrustedMetadataTest : testing::Test {
    RepositorySimulator repository;
    TrustedMetadata trusted{repository.gun, repository.now};

    void trust_first_root() { trusted.accept_first_root(repository.files["root"], {}); }

    void pull() {
        trusted.update_timestamp(repository.files["timestamp"]);
        trusted.update_snapshot(repository.files["snapshot"]);
        trusted.update_targets(targets_role(), repository.files["targets"]);
        for (const auto& [role, file] : repository.delegations)
            trusted.update_targets(role, repository.files[role.str()]);
    }

    template <class Action>
    static Fault refusal(const Action& action) {
        try {
            action();
        } catch (const Error& e) {
            return e.fault();
        }
        return Fault::Internal;
    }
};

TEST_F(TrustedMetadataTest, FollowsTheChainFromRootToTargets) {
    repository.add_target("v1", "hello\n");
    repository.publish();
    trust_first_root();

    pull();

    EXPECT_EQ(find_target(trusted, "v1")->target.length, 6);
    EXPECT_EQ(find_target(trusted, "v2"), std::nullopt);
    EXPECT_TRUE(trusted.snapshot_lists_root());
}

TEST_F(TrustedMetadataTest, RejectsTimestampOlderThanTheOneSeen) {
    trust_first_root();
    const Bytes old = repository.files["timestamp"];
    repository.timestamp.version = Version(2);
    repository.publish();
    trusted.remember_timestamp(repository.files["timestamp"]);

    EXPECT_EQ(refusal([&] { trusted.update_timestamp(old); }), Fault::Rollback);
}

TEST_F(TrustedMetadataTest, RejectsSnapshotOlderThanTheOneSeen) {
    trust_first_root();
    repository.snapshot.version = Version(5);
    repository.publish();
    trusted.remember_snapshot(repository.files["snapshot"]);
    repository.snapshot.version = Version(4);
    repository.timestamp.version = Version(2);
    repository.publish();
    trusted.update_timestamp(repository.files["timestamp"]);

    EXPECT_EQ(refusal([&] { trusted.update_snapshot(repository.files["snapshot"]); }), Fault::Rollback);
}

TEST_F(TrustedMetadataTest, RejectsTargetsOlderThanThoseSeen) {
    repository.targets.version = Version(3);
    repository.publish();
    trust_first_root();
    pull();
    repository.targets.version = Version(2);
    repository.snapshot.version = repository.timestamp.version = Version(2);
    repository.publish();
    trusted.update_timestamp(repository.files["timestamp"]);
    trusted.update_snapshot(repository.files["snapshot"]);

    EXPECT_EQ(refusal([&] { trusted.update_targets(targets_role(), repository.files["targets"]); }), Fault::Rollback);
}

TEST_F(TrustedMetadataTest, RejectsFrozenMetadata) {
    trust_first_root();
    TrustedMetadata later(repository.gun, repository.now + 24h * 15);
    later.trust_root(repository.files["root"]);

    EXPECT_EQ(refusal([&] { later.update_timestamp(repository.files["timestamp"]); }), Fault::Expired);
}

TEST_F(TrustedMetadataTest, RejectsAMixOfTwoMoments) {
    trust_first_root();
    const Bytes old_snapshot = repository.files["snapshot"];
    repository.add_target("v1", "x");
    repository.snapshot.version = Version(2);
    repository.publish();
    trusted.update_timestamp(repository.files["timestamp"]);

    EXPECT_EQ(refusal([&] { trusted.update_snapshot(old_snapshot); }), Fault::DigestMismatch);
}

TEST_F(TrustedMetadataTest, RejectsEveryChangedByte) {
    trust_first_root();
    for (std::size_t i = 0; i < repository.files["timestamp"].size(); i += 7) {
        Bytes bent = repository.files["timestamp"];
        bent[i] = static_cast<char>(bent[i] ^ 1);
        EXPECT_THROW(trusted.update_timestamp(bent), Error) << i;
    }
}

TEST_F(TrustedMetadataTest, RejectsAFileOfAnotherRole) {
    trust_first_root();
    const RepositorySimulator& all_keys_alike = repository;
    const Bytes snapshot_by_timestamp_key =
        repository.sign(to_json(all_keys_alike.snapshot), repository.keyids("timestamp"));

    EXPECT_EQ(refusal([&] { trusted.update_timestamp(snapshot_by_timestamp_key); }), Fault::WrongType);
}

TEST_F(TrustedMetadataTest, RejectsARootThatTheTrustedOneDidNotSign) {
    trust_first_root();
    RepositorySimulator stranger;
    stranger.root.version = Version(2);
    stranger.publish();

    EXPECT_EQ(refusal([&] { trusted.update_root(stranger.files["root"]); }), Fault::Untrusted);
    EXPECT_EQ(trusted.root().bytes, repository.files["root"]);
}

TEST_F(TrustedMetadataTest, RejectsAnOlderRoot) {
    repository.root.version = Version(2);
    repository.publish();
    trust_first_root();
    repository.root.version = Version(1);
    repository.publish();

    EXPECT_EQ(refusal([&] { trusted.update_root(repository.files["root"]); }), Fault::Rollback);
}

TEST_F(TrustedMetadataTest, FollowsARotationOfTheTimestampKey) {
    trust_first_root();
    repository.root.version = Version(2);
    repository.root.roles["timestamp"].keyids.clear();
    repository.add_key("timestamp");
    repository.publish();
    EXPECT_EQ(refusal([&] { trusted.update_timestamp(repository.files["timestamp"]); }), Fault::ThresholdNotMet);

    trusted.update_root(repository.files["root"]);

    EXPECT_NO_THROW(pull());
}

TEST_F(TrustedMetadataTest, WantsTheThresholdOfEachRole) {
    repository.add_key("targets");
    repository.root.roles["targets"].threshold = 2;
    repository.publish();
    trust_first_root();
    repository.files["targets"] = repository.sign(to_json(repository.targets), {repository.keyids("targets")[0]});
    repository.snapshot.meta["targets"] = describe_file(repository.files["targets"]);
    repository.files["snapshot"] = repository.sign(to_json(repository.snapshot), repository.keyids("snapshot"));
    repository.timestamp.snapshot = describe_file(repository.files["snapshot"]);
    repository.files["timestamp"] = repository.sign(to_json(repository.timestamp), repository.keyids("timestamp"));

    EXPECT_EQ(refusal([&] { pull(); }), Fault::ThresholdNotMet);
}

TEST_F(TrustedMetadataTest, PinsTheFirstRoot) {
    const std::string id = repository.keyids("root")[0].str();
    const auto accept = [&](const TrustPinning& pinning) {
        TrustedMetadata fresh(repository.gun, repository.now);
        return refusal([&] { fresh.accept_first_root(repository.files["root"], pinning); });
    };
    const Fault accepted = Fault::Internal;

    EXPECT_EQ(accept({{{"example/app", {id}}}, true}), accepted);
    EXPECT_EQ(accept({{{"example/*", {id}}}, false}), accepted);
    EXPECT_EQ(accept({{{"example/app", {"0"}}}, true}), Fault::Untrusted);
    EXPECT_EQ(accept({{{"example/app", {}}, {"*", {id}}}, true}), Fault::Untrusted);
    EXPECT_EQ(accept({{{"example/*", {"0"}}, {"*", {id}}}, true}), Fault::Untrusted);
    EXPECT_EQ(accept({{{"other/*", {"0"}}}, true}), accepted);
    EXPECT_EQ(accept({{}, false}), Fault::Untrusted);
}

TEST_F(TrustedMetadataTest, SearchesDelegationsWithinTheirPaths) {
    repository.add_delegation("targets/a", {"rel-"});
    repository.add_delegation("targets/a/b", {"rel-1"});
    repository.add_delegation("targets/z", {});
    const auto entry = [](const std::string& content) { return describe_target(content); };
    repository.delegations.at(RoleName("targets/a")).targets = {{"rel-2", entry("a")}, {"other", entry("a")}};
    repository.delegations.at(RoleName("targets/a/b")).targets = {{"rel-1.0", entry("bb")}, {"rel-2", entry("bb")}};
    repository.delegations.at(RoleName("targets/z")).targets = {{"rel-9", entry("z")}};
    repository.add_target("base", "base");
    repository.publish();
    trust_first_root();
    pull();

    EXPECT_EQ(find_target(trusted, "base")->role, targets_role());
    EXPECT_EQ(find_target(trusted, "rel-2")->role, RoleName("targets/a"));
    EXPECT_EQ(find_target(trusted, "rel-1.0")->role, RoleName("targets/a/b"));
    EXPECT_EQ(find_target(trusted, "other"), std::nullopt);
    EXPECT_EQ(find_target(trusted, "rel-9"), std::nullopt);
    EXPECT_EQ(list_targets(trusted).size(), 3U);
    EXPECT_EQ(list_targets(trusted, {RoleName("targets/a")}).size(), 2U);
}

TEST_F(TrustedMetadataTest, RejectsADelegationThatItsDelegatorDidNotGive) {
    repository.add_delegation("targets/a", {""});
    repository.publish();
    trust_first_root();
    trusted.update_timestamp(repository.files["timestamp"]);
    trusted.update_snapshot(repository.files["snapshot"]);

    EXPECT_EQ(refusal([&] { trusted.update_targets(RoleName("targets/a"), repository.files["targets/a"]); }),
              Fault::Untrusted);
    EXPECT_EQ(refusal([&] { trusted.update_targets(RoleName("targets/b"), repository.files["targets/a"]); }),
              Fault::Untrusted);
}

}  // namespace
}  // namespace sello::tuf
