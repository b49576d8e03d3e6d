// A TUF 1.0 client's way from a target's name through the delegations to its content.
#include "tests/client/repository_updater_fixture.h"

namespace sello::client {
namespace {

using tuf::Version;

using RepositoryDownloadTest = RepositoryUpdaterTest;

TEST_F(RepositoryDownloadTest, DownloadsOnceAndTouchesNothingThatIsRight) {
    simulator.add_target("targets", "dir/v1", "content");
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_EQ(lookup("dir/v1"), "content");
    EXPECT_EQ(repository.requests.size(), 1U);
    const auto file = target_folder / "dir%2Fv1";
    const auto written = std::filesystem::last_write_time(file);

    EXPECT_EQ(lookup("dir/v1"), "content");
    EXPECT_TRUE(repository.requests.empty());
    EXPECT_EQ(std::filesystem::last_write_time(file), written);

    test::write_file(file.string(), "damaged");
    EXPECT_EQ(lookup("dir/v1"), "content");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(target_folder), {}), 1);
}

TEST_F(RepositoryDownloadTest, FollowsNoLinkOutOfItsFolders) {
    simulator.add_target("targets", "../v1", "content");
    simulator.targets.version = Version(2);
    simulator.publish();
    const auto outside = std::filesystem::path(folder.path()) / "outside";
    test::write_file(outside.string(), "precious");
    std::filesystem::create_directories(target_folder);
    std::filesystem::create_symlink(outside, target_folder / "..%2Fv1");
    std::filesystem::create_symlink(outside, metadata_folder / "timestamp.json");

    EXPECT_EQ(lookup("../v1"), "content");
    EXPECT_EQ(read_required(outside), "precious");
    EXPECT_FALSE(std::filesystem::is_symlink(metadata_folder / "timestamp.json"));
}

TEST_F(RepositoryDownloadTest, RefusesAnotherContentAndKeepsTheOldOne) {
    simulator.add_target("targets", "v1", "content");
    simulator.targets.version = Version(2);
    simulator.publish();
    (void)lookup("v1");
    simulator.add_target("targets", "v1", "changed");
    simulator.targets.version = Version(3);
    simulator.publish();
    for (auto& [path, content] : simulator.target_files) content = "mischie";

    EXPECT_THROW((void)lookup("v1"), tuf::Refusal);
    for (auto& [path, content] : simulator.target_files) content = "change";
    EXPECT_THROW((void)lookup("v1"), tuf::Refusal);
    for (auto& [path, content] : simulator.target_files) content = "changed and more";
    EXPECT_THROW((void)lookup("v1"), Error);
    EXPECT_EQ(read_required(target_folder / "v1"), "content");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(target_folder), {}), 1);
}

TEST_F(RepositoryDownloadTest, SearchesDelegationsPreorderAndStopsAtTerminatingOnes) {
    simulator.delegate("targets", "a", {"*"});
    simulator.delegate("targets", "b", {"x*"}, true);
    simulator.delegate("targets", "c", {"*"});
    simulator.delegate("a", "a1", {"y*"});
    simulator.add_target("c", "x1", "c's");
    simulator.add_target("c", "y1", "c's");
    simulator.add_target("a1", "y2", "a1's");
    simulator.add_target("c", "y2", "c's");
    simulator.targets.version = Version(2);
    simulator.publish();

    EXPECT_EQ(lookup("x1"), std::nullopt);
    EXPECT_EQ(repository.requests, (Names{"1.a.json", "1.b.json"}));
    EXPECT_EQ(lookup("y2"), "a1's");
    EXPECT_EQ(lookup("y1"), "c's");
}

TEST_F(RepositoryDownloadTest, SearchesAtMost32Delegations) {
    for (int i = 0; i < 40; ++i) simulator.delegate("targets", concat("r", i), {"*"});
    simulator.add_target("r31", "near", "n");
    simulator.add_target("r32", "far", "f");
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_EQ(lookup("near"), "n");
    EXPECT_EQ(lookup("far"), std::nullopt);
}

TEST_F(RepositoryDownloadTest, EndsACycleOfDelegations) {
    simulator.delegate("targets", "a", {"*"});
    simulator.delegate("a", "b", {"*"});
    simulator.delegate("b", "a", {"*"});
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_EQ(lookup("none"), std::nullopt);
    EXPECT_EQ(repository.requests, (Names{"1.a.json", "1.b.json"}));
}

TEST_F(RepositoryDownloadTest, FailsTheSearchWhereADelegatedFileIsNotToBeTrusted) {
    simulator.delegate("targets", "a", {"*"});
    simulator.delegate("targets", "b", {"*"});
    simulator.add_target("b", "v1", "b's");
    simulator.signers["a"] = simulator.signers["b"];
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_THROW((void)lookup("v1"), tuf::Refusal);
    EXPECT_EQ(kept(), (Names{"root.json", "snapshot.json", "targets.json", "timestamp.json"}));
}

TEST_F(RepositoryDownloadTest, TakesAFileOnlyOnTheWordOfTheDelegatorThatLeadsToIt) {
    simulator.delegate("targets", "a", {"x*"});
    simulator.delegate("targets", "b", {"y*"});
    simulator.delegate("a", "shared", {"*"});
    const auto first = simulator.signers["shared"];
    simulator.signers["shared"] = {std::make_shared<tuf::PrivateKey>(tuf::PrivateKey::generate_ed25519())};
    simulator.delegate("b", "shared", {"*"});
    simulator.signers["shared"] = first;
    simulator.add_target("shared", "x1", "x");
    simulator.add_target("shared", "y1", "y");
    simulator.targets.version = Version(2);
    simulator.publish();

    const MetadataDirectory directory(metadata_folder);
    RepositoryUpdater updater(directory, repository, simulator.now);
    updater.refresh();
    EXPECT_NO_THROW((void)updater.find("x1"));
    EXPECT_THROW((void)updater.find("y1"), tuf::Refusal);
}

TEST_F(RepositoryDownloadTest, FindsTargetsInHashBins) {
    simulator.delegate_bins(4, "bin");
    simulator.add_target("bin-5", "alpine/3.20", "three twenty");
    simulator.add_target("bin-e", "alpine/latest", "latest");
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_EQ(lookup("alpine/3.20"), "three twenty");
    EXPECT_EQ(lookup("alpine/latest"), "latest");
    EXPECT_EQ(lookup("demo/app/v1"), std::nullopt);
}

TEST_F(RepositoryDownloadTest, KeepsRoleNamesWithinTheFolder) {
    for (const char* role : {"../x", "?", "a/b", "..", "%41"}) simulator.delegate("targets", role, {"*"});
    simulator.add_target("%41", "v1", "content");
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_EQ(lookup("v1"), "content");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
        EXPECT_TRUE(entry.is_directory() || entry.path().parent_path() == metadata_folder ||
                    entry.path().parent_path() == target_folder)
            << entry.path();
    EXPECT_TRUE(std::filesystem::exists(metadata_folder / "..%2Fx.json"));
    EXPECT_TRUE(std::filesystem::exists(metadata_folder / "%3F.json"));
    EXPECT_TRUE(std::filesystem::exists(metadata_folder / "%2541.json"));
    (void)lookup("v1");
    EXPECT_LE(repository.requests.size(), 0U);
}

TEST_F(RepositoryDownloadTest, ReadsARepositoryWithoutConsistentSnapshots) {
    simulator.root.consistent_snapshot = false;
    simulator.root.version = Version(2);
    simulator.publish_root();
    simulator.files["snapshot.json"] = simulator.files["1.snapshot.json"];
    simulator.files["targets.json"] = simulator.files["1.targets.json"];
    refresh();
    EXPECT_EQ(repository.requests,
              (Names{"2.root.json", "3.root.json", "timestamp.json", "snapshot.json", "targets.json"}));
}

}  // namespace
}  // namespace sello::client
