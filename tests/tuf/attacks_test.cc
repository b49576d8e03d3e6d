// What attackers tried on TUF clients before, in both dialects: nothing is taken, and nothing that was trusted is lost.
#include <gtest/gtest.h>

#include <functional>

#include "tests/support/repository_simulator.h"
#include "tests/support/tuf_simulator.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/metadata/canonical_json.h"
#include "tuf/trust/threshold.h"
#include "tuf/trust/trusted_metadata.h"

namespace sello::tuf {
namespace {

using test::RepositorySimulator;
using test::TufSimulator;

/// What refuses `act`; Other if nothing does.
Check refused(const std::function<void()>& act) {
    try {
        act();
    } catch (const Refusal& refusal) {
        EXPECT_FALSE(refusal.details().role.empty());
        return refusal.details().check;
    }
    return Check::Other;
}

/// A Notary collection with one delegation, pulled as far as `targets`.
struct NotaryAttackTest : testing::Test {
    const RoleName team{"targets/team"};
    RepositorySimulator repository;
    TrustedMetadata trusted{repository.gun, repository.now};

    NotaryAttackTest() {
        repository.add_delegation("targets/team", {""});
        repository.add_target("v1", "hello\n");
        repository.publish();
        trusted.accept_first_root(repository.files["root"], {});
        pull();
    }

    void pull() {
        trusted.update_timestamp(repository.files["timestamp"]);
        trusted.update_snapshot(repository.files["snapshot"]);
        trusted.update_targets(targets_role(), repository.files["targets"]);
    }
    void take_team() { trusted.update_targets(team, repository.files["targets/team"]); }
    Targets& team_file() { return repository.delegations.at(team); }
};

TEST_F(NotaryAttackTest, ADelegationThatHasEndedIsRefused) {
    team_file().expires = {repository.now.seconds - 1, 0};
    repository.publish();
    pull();
    EXPECT_EQ(refused([&] { take_team(); }), Check::Expiry);
    EXPECT_EQ(trusted.targets(team), nullptr);
}

TEST_F(NotaryAttackTest, ADelegationOtherThanTheListedOneIsRefused) {
    take_team();
    const Bytes before = trusted.targets(team)->bytes;
    repository.files["targets/team"] += '\n';
    EXPECT_EQ(refused([&] { take_team(); }), Check::Integrity);
    Bytes& bytes = repository.files["targets/team"];
    bytes.pop_back();
    bytes[bytes.find("\"version\":1")] = '\'';
    EXPECT_EQ(refused([&] { take_team(); }), Check::Integrity);
    EXPECT_EQ(trusted.targets(team)->bytes, before);
}

TEST_F(NotaryAttackTest, ADelegationOlderThanTheOneSeenIsRefused) {
    team_file().version = Version(5);
    repository.publish();
    pull();
    take_team();
    team_file().version = Version(4);
    repository.publish();
    pull();
    EXPECT_EQ(refused([&] { take_team(); }), Check::Version);
}

TEST_F(NotaryAttackTest, ADelegationThatIsNotListedIsRefused) {
    const auto id = repository.add_delegation("targets/ghost", {""});
    EXPECT_FALSE(id.str().empty());
    EXPECT_EQ(refused([&] { trusted.update_targets(RoleName("targets/ghost"), "{}"); }), Check::Listing);
}

TEST_F(NotaryAttackTest, ARefusedRootLeavesTheTrustedOneInPlace) {
    const Bytes before = trusted.root().bytes;
    RepositorySimulator stranger(repository.gun.str(), repository.now);
    stranger.root.version = Version(2);
    stranger.publish();
    EXPECT_EQ(refused([&] { trusted.update_root(stranger.files["root"]); }), Check::Anchor);
    EXPECT_EQ(refused([&] { trusted.update_root("[]"); }), Check::Shape);
    EXPECT_EQ(trusted.root().bytes, before);
    EXPECT_NE(trusted.targets(targets_role()), nullptr);
}

TEST_F(NotaryAttackTest, AListedRootThatHasEndedIsNotCurrent) {
    repository.root.version = Version(2);
    repository.root.expires = {repository.now.seconds - 1, 0};
    repository.publish();
    trusted.update_root(repository.files["root"]);
    EXPECT_EQ(refused([&] { trusted.require_current_root(); }), Check::Expiry);
}

TEST_F(NotaryAttackTest, AFileOfAnotherRoleIsRefusedForItsType) {
    try {
        (void)trusted.update_timestamp(repository.files["snapshot"]);
        FAIL() << "a snapshot passed for a timestamp";
    } catch (const Refusal& refusal) {
        EXPECT_EQ(refusal.fault(), Fault::WrongType);
        EXPECT_EQ(refusal.details().check, Check::Type);
        EXPECT_EQ(refusal.details().expected, "Timestamp");
        EXPECT_EQ(refusal.details().found, "Snapshot");
    }
}

/// The same questions to a TUF 1.0 repository.
struct TufAttackTest : testing::Test {
    TufSimulator repository;
    TrustedMetadata trusted{repository.now};

    TufAttackTest() { trusted.trust_root(repository.files["1.root.json"]); }

    void take_timestamp() { (void)trusted.update_timestamp(repository.files["timestamp.json"]); }
    void take_snapshot() {
        trusted.update_snapshot(repository.files[concat(repository.snapshot.version, ".snapshot.json")]);
    }
    void take_targets() {
        trusted.update_targets(targets_role(), root_role(),
                               repository.files[concat(repository.targets.version, ".targets.json")]);
    }
    void take_team() { trusted.update_targets(RoleName("team"), targets_role(), repository.files["1.team.json"]); }

    /// Root of any version, properly signed; Sello's own writer ends at 2^53-1.
    Bytes root_of(std::int64_t version) {
        Json payload = parse_json(repository.files["1.root.json"])["signed"];
        payload["version"] = version;
        const PrivateKey& key = *repository.signers["root"].front();
        const KeyId id = tuf1::public_key(key).id();
        const Bytes signature = tuf1::sign(key, olpc_json(payload), id).sig;
        return Json{{"signed", payload}, {"signatures", {{{"keyid", id.str()}, {"sig", to_hex(signature)}}}}}.dump();
    }
};

TEST_F(TufAttackTest, OneKeyCountsOnceHoweverOftenItSignsAndWhateverItIsCalled) {
    repository.root.roles["timestamp"].threshold = 2;
    const auto twin = tuf1::public_key(*repository.signers["timestamp"][0]);
    const PublicKey alias(KeyId("alias"), twin.type_name(), twin.scheme_name(), twin.bytes());
    repository.root.keys.emplace(alias.id(), alias);
    repository.root.roles["timestamp"].keyids.push_back(alias.id());
    repository.root.version = Version(2);
    repository.publish_root();
    trusted.update_root(repository.files["2.root.json"]);

    Json document = parse_json(repository.files["timestamp.json"]);
    Json second = document["signatures"][0];
    second["keyid"] = "alias";
    document["signatures"].push_back(second);
    repository.files["timestamp.json"] = document.dump();
    try {
        take_timestamp();
        FAIL() << "one key passed for two";
    } catch (const Refusal& refusal) {
        ASSERT_EQ(refusal.details().keys.size(), 2U);
        EXPECT_TRUE(refusal.details().keys[0].counted);
        EXPECT_EQ(refusal.details().keys[1].reason, "already counted");
        EXPECT_EQ(refusal.details().expected, "2 distinct keys of the role");
        EXPECT_EQ(refusal.details().found, "1 valid");
        EXPECT_EQ(refusal.details().version, Version(1));
    }
    document["signatures"][1]["keyid"] = document["signatures"][0]["keyid"];
    repository.files["timestamp.json"] = document.dump();
    EXPECT_EQ(refused([&] { take_timestamp(); }), Check::Shape);
}

TEST_F(TufAttackTest, AThresholdAboveTheKeysIsNeverMet) {
    repository.root.roles["timestamp"].threshold = 2;
    repository.root.version = Version(2);
    repository.publish_root();
    trusted.update_root(repository.files["2.root.json"]);
    EXPECT_EQ(refused([&] { take_timestamp(); }), Check::Signatures);
}

TEST_F(TufAttackTest, AFileOfAnotherRoleOrDialectIsRefused) {
    repository.files["timestamp.json"] = repository.files["1.snapshot.json"];
    EXPECT_EQ(refused([&] { take_timestamp(); }), Check::Type);
    test::RepositorySimulator notary;
    EXPECT_EQ(refused([&] { (void)trusted.update_timestamp(notary.files["timestamp"]); }), Check::Type);
    try {
        take_timestamp();
    } catch (const Refusal& refusal) {
        EXPECT_EQ(refusal.details().expected, "timestamp");
        EXPECT_EQ(refusal.details().found, "snapshot");
    }
}

TEST_F(TufAttackTest, LengthAndEveryListedDigestAreCompared) {
    take_timestamp();
    const Bytes good = repository.files["1.snapshot.json"];
    repository.files["1.snapshot.json"] += ' ';
    EXPECT_EQ(refused([&] { take_snapshot(); }), Check::Integrity);
    repository.files["1.snapshot.json"] = good;

    for (const char* algorithm : {"sha256", "sha512", "sha384"}) {
        const FileMeta right = repository.timestamp.snapshot;
        repository.timestamp.snapshot.hashes[algorithm] = Bytes(32, 'x');
        repository.timestamp.version = repository.timestamp.version.next();
        repository.publish_timestamp();
        take_timestamp();
        EXPECT_EQ(refused([&] { take_snapshot(); }), Check::Integrity) << algorithm;
        repository.timestamp.snapshot = right;
    }
}

TEST_F(TufAttackTest, SnapshotAndTargetsNeedWhatComesBeforeThemAndWhatTheyAreListedAs) {
    take_timestamp();
    take_snapshot();
    repository.delegate("targets", "ghost", {"*"});
    EXPECT_EQ(refused([&] { trusted.update_targets(RoleName("ghost"), targets_role(), "{}"); }), Check::Listing);

    repository.lists_digests = false;
    repository.targets.version = Version(2);
    repository.publish();
    take_timestamp();
    take_snapshot();
    repository.files["2.targets.json"] = repository.files["1.targets.json"];
    EXPECT_EQ(refused([&] { take_targets(); }), Check::Version);
    EXPECT_EQ(trusted.targets(targets_role()), nullptr);
}

TEST_F(TufAttackTest, ARootThatIsRefusedChangesNothing) {
    take_timestamp();
    const Bytes before = trusted.root().bytes;
    EXPECT_EQ(refused([&] { trusted.update_root(before); }), Check::Version);
    EXPECT_EQ(refused([&] { trusted.update_root(root_of(Version::kMax)); }), Check::Version);
    Json unsigned_root = parse_json(root_of(2));
    unsigned_root["signed"]["x"] = 1;
    EXPECT_EQ(refused([&] { trusted.update_root(unsigned_root.dump()); }), Check::Signatures);
    EXPECT_EQ(trusted.root().bytes, before);
    EXPECT_EQ(trusted.timestamp().payload.version, Version(1));
}

TEST_F(TufAttackTest, NothingComesAfterTheLastVersionOfRoot) {
    TrustedMetadata late(repository.now);
    late.trust_root(root_of(Version::kMax));
    for (const std::int64_t version : {std::int64_t{1}, Version::kMax - 1, Version::kMax})
        EXPECT_NE(refused([&] { late.update_root(root_of(version)); }), Check::Other) << version;
    EXPECT_EQ(late.root().payload.version, Version(Version::kMax));
}

TEST_F(TufAttackTest, ADelegationThatHasEndedIsRefused) {
    repository.delegate("targets", "team", {"*"});
    repository.delegated["team"].expires = repository.now;
    repository.targets.version = Version(2);
    repository.publish();
    take_timestamp();
    trusted.update_snapshot(repository.files["2.snapshot.json"]);
    take_targets();
    EXPECT_EQ(refused([&] { take_team(); }), Check::Expiry);
    EXPECT_EQ(trusted.targets(RoleName("team")), nullptr);
}

TEST_F(TufAttackTest, ADelegationOtherThanTheListedOneIsRefused) {
    repository.delegate("targets", "team", {"*"});
    repository.targets.version = Version(2);
    repository.publish();
    take_timestamp();
    trusted.update_snapshot(repository.files["2.snapshot.json"]);
    take_targets();
    Bytes& file = repository.files["1.team.json"];
    const Bytes good = file;
    file += '\n';
    EXPECT_EQ(refused([&] { take_team(); }), Check::Integrity) << "another length";
    file = good;
    file[file.find("\"version\":1")] = '\'';
    EXPECT_EQ(refused([&] { take_team(); }), Check::Integrity) << "another digest";
    EXPECT_EQ(trusted.targets(RoleName("team")), nullptr);
    file = good;
    EXPECT_NO_THROW(take_team());
}

TEST(BoundsTest, SignaturesDepthAndValuesAreBoundedBeforeAnythingIsVerified) {
    const auto fault = [](const Bytes& text, Dialect dialect) {
        try {
            (void)parse_envelope(text, dialect);
        } catch (const Error& e) {
            return e.fault();
        }
        return Fault::Internal;
    };
    std::string signatures;
    for (int i = 0; i < 100'000; ++i)
        signatures += concat(i == 0 ? "" : ",", R"({"keyid":")", i, R"(","method":"ecdsa","sig":""})");
    const Bytes many = concat(R"({"signatures":[)", signatures, R"(],"signed":{}})");
    const Bytes deep =
        concat(R"({"signatures":[],"signed":{"a":)", std::string(100'000, '['), std::string(100'000, ']'), "}}");
    std::string values = "0";
    for (int i = 0; i < 2'000'001; ++i) values += ",0";
    const Bytes huge = concat(R"({"signatures":[],"signed":{"a":[)", values, "]}}");
    for (const Dialect dialect : {Dialect::Notary, Dialect::Tuf}) {
        EXPECT_EQ(fault(many, dialect), Fault::TooLarge);
        EXPECT_EQ(fault(deep, dialect), Fault::TooLarge);
        EXPECT_EQ(fault(huge, dialect), Fault::TooLarge);
    }
}

TEST(BoundsTest, TextThatIsNoStrictJsonIsRefusedInBothDialects) {
    for (const char* text : {
             R"({"signed":{},"signed":{},"signatures":[]})",         // duplicate members
             R"({"signed":{"a":1,"a":2},"signatures":[]})",          //
             "{\"signed\":{\"a\":\"\xff\"},\"signatures\":[]}",      // invalid UTF-8
             "{\"signed\":{\"a\":\"\xc0\xaf\"},\"signatures\":[]}",  // overlong
             R"({"signed":{"a":"\ud800"},"signatures":[]})",         // lone surrogate
             R"({"signed":{"a":"\udc00\ud800"},"signatures":[]})",
             R"({"signed":{},"signatures":[]} x)",
             R"({"signed":{"a":01},"signatures":[]})",
             R"({"signed":{"a":NaN},"signatures":[]})",
             R"({"signed":{},"signatures":[],})",
             "",
         })
        for (const Dialect dialect : {Dialect::Notary, Dialect::Tuf}) {
            const auto parse = [&] { (void)parse_envelope(text, dialect); };
            EXPECT_THROW(parse(), Error) << text;
        }
}

}  // namespace
}  // namespace sello::tuf
