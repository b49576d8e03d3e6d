// A TUF 1.0 client's refresh: what is asked for, in which order, what is kept, and the attacks of the specification.
#include "tests/client/repository_updater_fixture.h"

namespace sello::client {
namespace {

using test::TufSimulator;
using tuf::Version;

TEST_F(RepositoryUpdaterTest, AsksInTheOrderOfTheSpecificationAndKeepsOneFileARole) {
    refresh();

    EXPECT_EQ(repository.requests, (Names{"2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"}));
    EXPECT_EQ(kept(), (Names{"root.json", "snapshot.json", "targets.json", "timestamp.json"}));
}

TEST_F(RepositoryUpdaterTest, AsksForNoMoreThanChanged) {
    refresh();
    refresh();
    EXPECT_EQ(repository.requests, (Names{"2.root.json", "timestamp.json"}));

    simulator.publish();
    refresh();
    EXPECT_EQ(repository.requests, (Names{"2.root.json", "timestamp.json", "2.snapshot.json"}));

    simulator.targets.version = Version(2);
    simulator.publish();
    refresh();
    EXPECT_EQ(repository.requests, (Names{"2.root.json", "timestamp.json", "3.snapshot.json", "2.targets.json"}));
}

TEST_F(RepositoryUpdaterTest, WalksEveryRootAndKeepsEach) {
    for (int i = 0; i < 3; ++i) {
        const auto old = simulator.signers["root"];
        simulator.rotate_key("root");
        simulator.root.version = simulator.root.version.next();
        simulator.publish_root(old);
    }
    refresh();
    EXPECT_EQ(repository.requests, (Names{"2.root.json", "3.root.json", "4.root.json", "5.root.json", "timestamp.json",
                                          "1.snapshot.json", "1.targets.json"}));
    EXPECT_EQ(kept_version("root"), 4);
}

TEST_F(RepositoryUpdaterTest, StopsAfter256NewRoots) {
    for (int i = 0; i < 258; ++i) {
        simulator.root.version = simulator.root.version.next();
        simulator.publish_root();
    }
    refresh();
    EXPECT_EQ(kept_version("root"), 257);
}

TEST_F(RepositoryUpdaterTest, TakesIntermediateRootsThatExpiredButNotTheLast) {
    simulator.root.expires = simulator.now;
    simulator.root.version = Version(2);
    simulator.publish_root();
    EXPECT_EQ(refused(), tuf::Check::Expiry);
    EXPECT_EQ(repository.requests, (Names{"2.root.json", "3.root.json"}));
    EXPECT_EQ(kept_version("root"), 2);

    simulator.root.expires = simulator.now + std::chrono::seconds(1);
    simulator.root.version = Version(3);
    simulator.publish_root();
    EXPECT_NO_THROW(refresh());
}

TEST_F(RepositoryUpdaterTest, RefusesARootThatSkipsAVersion) {
    simulator.root.version = Version(3);
    simulator.publish_root();
    simulator.files["2.root.json"] = simulator.files["3.root.json"];
    EXPECT_EQ(refused(), tuf::Check::Version);
    EXPECT_EQ(kept_version("root"), 1);
}

TEST_F(RepositoryUpdaterTest, RefusesARootThatOnlyOneSideSigned) {
    const auto old = simulator.signers["root"];
    simulator.rotate_key("root");
    simulator.root.version = Version(2);
    simulator.publish_root();
    EXPECT_EQ(refused(), tuf::Check::Signatures);

    simulator.signers["root"] = old;
    simulator.publish_root();
    EXPECT_EQ(refused(), tuf::Check::Signatures);
    EXPECT_EQ(kept_version("root"), 1);
}

TEST_F(RepositoryUpdaterTest, AsksNothingWithoutATrustedRoot) {
    std::filesystem::remove(metadata_folder / "root.json");
    EXPECT_THROW(refresh(), Error);
    EXPECT_TRUE(repository.requests.empty());

    test::write_file((metadata_folder / "root.json").string(), "{}");
    EXPECT_EQ(refused(), tuf::Check::Shape);
    EXPECT_TRUE(repository.requests.empty());
}

TEST_F(RepositoryUpdaterTest, TakesOtherFailuresForFailuresNotForAbsence) {
    repository.failing = "2.root.json";
    EXPECT_THROW(refresh(), Error);
    EXPECT_EQ(repository.requests, Names{"2.root.json"});
}

TEST_F(RepositoryUpdaterTest, RefusesRollbackOfTimestampAndSnapshot) {
    const auto old = simulator.files;
    simulator.publish();
    refresh();

    simulator.files["timestamp.json"] = old.at("timestamp.json");
    EXPECT_EQ(refused(), tuf::Check::Version);

    simulator.timestamp.version = Version(3);
    simulator.snapshot.version = Version(1);
    simulator.publish_snapshot();
    simulator.publish_timestamp();
    EXPECT_EQ(refused(), tuf::Check::Version);
    EXPECT_EQ(kept_version("timestamp"), 2);
    EXPECT_EQ(kept_version("snapshot"), 2);
}

TEST_F(RepositoryUpdaterTest, KeepsTheOldTimestampOfTheSameVersion) {
    refresh();
    simulator.timestamp.expires = simulator.timestamp.expires + std::chrono::seconds(60);
    simulator.publish_timestamp();
    const auto before = read_required(metadata_folder / "timestamp.json");
    refresh();
    EXPECT_EQ(read_required(metadata_folder / "timestamp.json"), before);
}

TEST_F(RepositoryUpdaterTest, RefusesLossAndRollbackWithinTheSnapshot) {
    simulator.delegate("targets", "role1", {"*"});
    simulator.delegated["role1"].version = Version(2);
    simulator.publish();
    refresh();

    simulator.delegated["role1"].version = Version(1);
    simulator.publish();
    EXPECT_EQ(refused(), tuf::Check::Version);

    simulator.snapshot.meta.erase("role1");
    simulator.snapshot.version = simulator.snapshot.version.next();
    simulator.publish_snapshot();
    simulator.timestamp.version = simulator.timestamp.version.next();
    simulator.publish_timestamp();
    EXPECT_EQ(refused(), tuf::Check::Listing);
}

TEST_F(RepositoryUpdaterTest, RecoversFromFastForwardAfterARotation) {
    simulator.timestamp.version = Version(99999);
    simulator.snapshot.version = Version(99999);
    simulator.publish_snapshot();
    simulator.publish_timestamp();
    refresh();
    EXPECT_EQ(kept_version("timestamp"), 99999);

    simulator.rotate_key("timestamp");
    simulator.rotate_key("snapshot");
    simulator.root.version = Version(2);
    simulator.publish_root();
    simulator.timestamp.version = Version(1);
    simulator.snapshot.version = Version(1);
    simulator.publish_snapshot();
    simulator.publish_timestamp();
    refresh();
    EXPECT_EQ(kept_version("timestamp"), 1);
    EXPECT_EQ(kept_version("snapshot"), 1);
}

TEST_F(RepositoryUpdaterTest, RecoversFromASnapshotThatRanAwayByItsKeyAlone) {
    simulator.snapshot.version = Version(99999);
    simulator.publish_snapshot();
    simulator.publish_timestamp();
    refresh();

    simulator.rotate_key("snapshot");
    simulator.root.version = Version(2);
    simulator.publish_root();
    simulator.snapshot.version = Version(1);
    simulator.publish_snapshot();
    simulator.timestamp.version = Version(2);
    simulator.publish_timestamp();
    refresh();
    EXPECT_EQ(kept_version("snapshot"), 1);
}

TEST_F(RepositoryUpdaterTest, RecoversFromASnapshotThatRanAwayAndWasNeverHad) {
    simulator.timestamp.snapshot.version = Version(99999);
    simulator.publish_timestamp();
    refused();
    EXPECT_EQ(kept(), (Names{"root.json", "timestamp.json"}));

    simulator.rotate_key("snapshot");
    simulator.root.version = Version(2);
    simulator.publish_root();
    simulator.publish_snapshot();
    simulator.timestamp.version = Version(2);
    simulator.publish_timestamp();
    refresh();
    EXPECT_EQ(kept_version("snapshot"), 1);
}

TEST_F(RepositoryUpdaterTest, ARotationLiftsTheFloorsOnceOnly) {
    refresh();
    simulator.rotate_key("snapshot");
    simulator.root.version = Version(2);
    simulator.publish_root();
    simulator.timestamp.version = Version(5);
    simulator.timestamp.snapshot.version = Version(9);  // which the server keeps back
    simulator.publish_timestamp();
    refused();
    EXPECT_EQ(kept(), (Names{"root.json", "targets.json", "timestamp.json"}));

    simulator.snapshot.version = Version(3);
    simulator.publish_snapshot();
    simulator.timestamp.version = Version(6);
    simulator.publish_timestamp();
    EXPECT_EQ(refused(), tuf::Check::Version);
}

TEST_F(RepositoryUpdaterTest, AnInterruptedRotationStillLiftsTheFloors) {
    simulator.timestamp.version = Version(99999);
    simulator.publish_timestamp();
    refresh();
    simulator.rotate_key("timestamp");
    simulator.root.version = Version(2);
    simulator.publish_root();
    repository.failing = "timestamp.json";
    EXPECT_THROW(refresh(), Error);
    EXPECT_EQ(kept(), (Names{"root.json", "targets.json"}));

    repository.failing.clear();
    simulator.timestamp.version = Version(1);
    simulator.publish_timestamp();
    refresh();
    EXPECT_EQ(kept_version("timestamp"), 1);
}

TEST_F(RepositoryUpdaterTest, ReplacesCachedFilesThatCannotBeRead) {
    for (const char* name : {"timestamp.json", "snapshot.json", "targets.json"})
        std::filesystem::create_symlink(name, metadata_folder / name);  // a loop
    refresh();
    EXPECT_EQ(kept_version("timestamp"), 1);
    EXPECT_EQ(kept_version("targets"), 1);
}

TEST_F(RepositoryUpdaterTest, AsksForNoTargetThatCouldNotBeVerified) {
    simulator.add_target("targets", "v1", "content");
    simulator.targets.targets["v1"].hashes["blake2b"] = Bytes(32, 'x');
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_THROW((void)lookup("v1"), tuf::Refusal);
    EXPECT_TRUE(repository.requests.empty());
}

TEST_F(RepositoryUpdaterTest, RefusesFilesOfAnotherMoment) {
    simulator.publish();
    simulator.files["2.snapshot.json"] = simulator.files["1.snapshot.json"];
    EXPECT_EQ(refused(), tuf::Check::Integrity);

    simulator.lists_digests = false;
    simulator.publish();
    simulator.files["3.snapshot.json"] = simulator.files["1.snapshot.json"];
    EXPECT_EQ(refused(), tuf::Check::Version);
    EXPECT_EQ(kept(), (Names{"root.json", "timestamp.json"}));
}

TEST_F(RepositoryUpdaterTest, RefusesWhatHasExpiredAtThatVerySecond) {
    for (const char* role : {"timestamp", "snapshot", "targets"}) {
        TufSimulator& s = simulator;
        const Instant good = s.root.expires;
        (role == std::string("timestamp")  ? s.timestamp.expires
         : role == std::string("snapshot") ? s.snapshot.expires
                                           : s.targets.expires) = s.now;
        s.targets.version = s.targets.version.next();
        s.publish();
        EXPECT_EQ(refused(), tuf::Check::Expiry) << role;
        s.timestamp.expires = s.snapshot.expires = s.targets.expires = good;
    }
}

TEST_F(RepositoryUpdaterTest, ExpiredFilesOfTheLastRunStillSetTheLowestVersion) {
    const auto old = simulator.files;
    simulator.publish();
    refresh();
    simulator.timestamp.expires = simulator.snapshot.expires = simulator.now + std::chrono::seconds(1);
    simulator.publish();
    refresh();
    EXPECT_EQ(kept_version("timestamp"), 3);

    simulator.now = simulator.now + std::chrono::seconds(2);
    simulator.files["timestamp.json"] = old.at("timestamp.json");
    EXPECT_EQ(refused(), tuf::Check::Version);

    simulator.timestamp.expires = simulator.snapshot.expires = simulator.root.expires;
    simulator.timestamp.version = Version(4);
    simulator.snapshot.version = Version(2);
    simulator.publish_snapshot();
    simulator.publish_timestamp();
    EXPECT_EQ(refused(), tuf::Check::Version);
    EXPECT_EQ(kept_version("snapshot"), 3);
}

TEST_F(RepositoryUpdaterTest, InitForAnotherRepositoryForgetsTheOldOne) {
    simulator.delegate("targets", "a b", {"*"});
    simulator.delegate("targets", std::string(300, 'x'), {"*"});
    simulator.targets.version = Version(2);
    simulator.publish();
    (void)lookup("none");
    EXPECT_EQ(kept().size(), 6U);
    for (const char* name : {"notes.txt", "%zz.json", "%41.json"})
        test::write_file((metadata_folder / name).string(), "mine");
    const auto before = read_required(metadata_folder / "root.json");

    const TufSimulator other;
    EXPECT_THROW(init_repository(MetadataDirectory(metadata_folder), "{}", simulator.now), Error);
    EXPECT_EQ(kept().size(), 9U);
    EXPECT_EQ(read_required(metadata_folder / "root.json"), before);

    init_repository(MetadataDirectory(metadata_folder), other.files.at("1.root.json"), other.now);
    EXPECT_EQ(kept(), (Names{"%41.json", "%zz.json", "notes.txt", "root.json"}));
}

TEST_F(RepositoryUpdaterTest, InitForTheSameRepositoryTakesNothingOlder) {
    const auto old = simulator.files;
    simulator.publish();
    simulator.root.version = Version(2);
    simulator.publish_root();
    refresh();

    init_repository(MetadataDirectory(metadata_folder), simulator.files["1.root.json"], simulator.now);
    EXPECT_EQ(kept_version("root"), 1);
    simulator.files["timestamp.json"] = old.at("timestamp.json");
    EXPECT_EQ(refused(), tuf::Check::Version);
}

TEST_F(RepositoryUpdaterTest, InitInAFolderOfOtherThingsLeavesThem) {
    const auto elsewhere = std::filesystem::path(folder.path()) / "elsewhere";
    std::filesystem::create_directory(elsewhere);
    test::write_file((elsewhere / "package.json").string(), "{}");
    init_repository(MetadataDirectory(elsewhere), simulator.files["1.root.json"], simulator.now);
    EXPECT_TRUE(std::filesystem::exists(elsewhere / "package.json"));
}

TEST_F(RepositoryUpdaterTest, BoundsWhatItReads) {
    simulator.files["timestamp.json"] = Bytes(20'000, ' ');
    EXPECT_THROW(refresh(), Error);
    EXPECT_EQ(kept(), Names{"root.json"});
}

}  // namespace
}  // namespace sello::client
