// A TUF 1.0 client's runs: what is asked for, in which order, what is kept, and the attacks of the specification.
#include "client/tuf/repository_updater.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "client/remote/url.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tuf_simulator.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

using test::TempDir;
using test::TufSimulator;
using tuf::Version;
using Names = std::vector<std::string>;

/// Serves what the simulator published, and notes what it is asked for.
class SimulatedRepository final : public Repository {
public:
    explicit SimulatedRepository(const TufSimulator& from) : from_(from) {}
    Names requests;
    bool fails = false;

    std::optional<Bytes> metadata(const std::string& file_name, std::size_t max_bytes) override {
        requests.push_back(file_name);
        if (fails) throw Error(Fault::Unavailable, "the server is away");
        for (const auto& [name, bytes] : from_.files) {
            if (encode_segment(name) != encode_segment(decoded(file_name))) continue;
            if (bytes.size() > max_bytes) throw Error(Fault::TooLarge, "longer than it may be");
            return bytes;
        }
        return std::nullopt;
    }
    std::optional<Bytes> target(const std::string& path, std::size_t max_bytes) override {
        requests.push_back(path);
        const auto file = from_.target_files.find(path);
        if (file == from_.target_files.end()) return std::nullopt;
        if (file->second.size() > max_bytes) throw Error(Fault::TooLarge, "longer than it may be");
        return file->second;
    }

private:
    static std::string decoded(const std::string& text) {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '%') {
                out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
                i += 2;
            } else {
                out += text[i];
            }
        }
        return out;
    }
    const TufSimulator& from_;
};

struct RepositoryUpdaterTest : testing::Test {
    TempDir folder;
    std::filesystem::path metadata_folder = std::filesystem::path(folder.path()) / "metadata";
    std::filesystem::path target_folder = std::filesystem::path(folder.path()) / "targets";
    TufSimulator simulator;
    SimulatedRepository repository{simulator};

    RepositoryUpdaterTest() {
        init_repository(MetadataDirectory(metadata_folder), simulator.files["1.root.json"], simulator.now);
    }

    void refresh() {
        const MetadataDirectory directory(metadata_folder);
        repository.requests.clear();
        RepositoryUpdater(directory, repository, simulator.now).refresh();
    }

    std::optional<Bytes> lookup(const std::string& name) {
        const MetadataDirectory directory(metadata_folder);
        RepositoryUpdater updater(directory, repository, simulator.now);
        updater.refresh();
        repository.requests.clear();
        try {
            return read_required(updater.download(updater.find(name), target_folder));
        } catch (const Error& e) {
            if (e.fault() != Fault::NotFound) throw;
            return std::nullopt;
        }
    }

    /// The check that refuses a run; Other if none does.
    tuf::Check refused() {
        try {
            refresh();
        } catch (const tuf::Refusal& refusal) {
            return refusal.details().check;
        } catch (const Error&) {
            return tuf::Check::Other;
        }
        ADD_FAILURE() << "nothing was refused";
        return tuf::Check::Other;
    }

    [[nodiscard]] Names kept() const {
        Names names;
        for (const auto& entry : std::filesystem::directory_iterator(metadata_folder))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }
    [[nodiscard]] std::int64_t kept_version(const std::string& role) const {
        const auto bytes = read_file(metadata_folder / (role + ".json"));
        return bytes ? tuf::parse_json(*bytes).at("signed").at("version").get<std::int64_t>() : 0;
    }
};

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
    repository.fails = true;
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

TEST_F(RepositoryUpdaterTest, BoundsWhatItReads) {
    simulator.files["timestamp.json"] = Bytes(20'000, ' ');
    EXPECT_THROW(refresh(), Error);
    EXPECT_EQ(kept(), Names{"root.json"});
}

TEST_F(RepositoryUpdaterTest, DownloadsOnceAndTouchesNothingThatIsRight) {
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

TEST_F(RepositoryUpdaterTest, FollowsNoLinkOutOfItsFolders) {
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

TEST_F(RepositoryUpdaterTest, RefusesAnotherContentAndKeepsTheOldOne) {
    simulator.add_target("targets", "v1", "content");
    simulator.targets.version = Version(2);
    simulator.publish();
    (void)lookup("v1");
    simulator.add_target("targets", "v1", "changed");
    simulator.targets.version = Version(3);
    simulator.publish();
    for (auto& [path, content] : simulator.target_files) content = "mischie";

    EXPECT_THROW((void)lookup("v1"), tuf::Refusal);
    EXPECT_EQ(read_required(target_folder / "v1"), "content");
}

TEST_F(RepositoryUpdaterTest, SearchesDelegationsPreorderAndStopsAtTerminatingOnes) {
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

TEST_F(RepositoryUpdaterTest, SearchesAtMost32Delegations) {
    for (int i = 0; i < 40; ++i) simulator.delegate("targets", concat("r", i), {"*"});
    simulator.add_target("r31", "near", "n");
    simulator.add_target("r32", "far", "f");
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_EQ(lookup("near"), "n");
    EXPECT_EQ(lookup("far"), std::nullopt);
}

TEST_F(RepositoryUpdaterTest, EndsACycleOfDelegations) {
    simulator.delegate("targets", "a", {"*"});
    simulator.delegate("a", "b", {"*"});
    simulator.delegate("b", "a", {"*"});
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_EQ(lookup("none"), std::nullopt);
    EXPECT_EQ(repository.requests, (Names{"1.a.json", "1.b.json"}));
}

TEST_F(RepositoryUpdaterTest, FailsTheSearchWhereADelegatedFileIsNotToBeTrusted) {
    simulator.delegate("targets", "a", {"*"});
    simulator.delegate("targets", "b", {"*"});
    simulator.add_target("b", "v1", "b's");
    simulator.signers["a"] = simulator.signers["b"];
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_THROW((void)lookup("v1"), tuf::Refusal);
    EXPECT_EQ(kept(), (Names{"root.json", "snapshot.json", "targets.json", "timestamp.json"}));
}

TEST_F(RepositoryUpdaterTest, TakesAFileOnlyOnTheWordOfTheDelegatorThatLeadsToIt) {
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

TEST_F(RepositoryUpdaterTest, FindsTargetsInHashBins) {
    simulator.delegate_bins(4, "bin");
    simulator.add_target("bin-5", "alpine/3.20", "three twenty");
    simulator.add_target("bin-e", "alpine/latest", "latest");
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_EQ(lookup("alpine/3.20"), "three twenty");
    EXPECT_EQ(lookup("alpine/latest"), "latest");
    EXPECT_EQ(lookup("demo/app/v1"), std::nullopt);
}

TEST_F(RepositoryUpdaterTest, KeepsRoleNamesWithinTheFolder) {
    for (const char* role : {"../x", "?", "a/b", "..", "%41"}) simulator.delegate("targets", role, {"*"});
    simulator.add_target("%41", "v1", "content");
    simulator.targets.version = Version(2);
    simulator.publish();
    EXPECT_EQ(lookup("v1"), "content");
    for (const std::string& name : kept()) EXPECT_EQ(name.find('/'), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(metadata_folder / "..%2Fx.json"));
    EXPECT_TRUE(std::filesystem::exists(metadata_folder / "%3F.json"));
    EXPECT_TRUE(std::filesystem::exists(metadata_folder / "%2541.json"));
    (void)lookup("v1");
    EXPECT_LE(repository.requests.size(), 0U);
}

TEST_F(RepositoryUpdaterTest, ReadsARepositoryWithoutConsistentSnapshots) {
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
