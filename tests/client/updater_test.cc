#include "client/updater.h"

#include <gtest/gtest.h>

#include "tests/support/repository_simulator.h"
#include "tests/support/temp_dir.h"

namespace sello::client {
namespace {

/// A client with a trust directory, and no server that would answer.
class OfflineUpdaterTest : public testing::Test {
protected:
    void cache_files() {
        repository.publish();
        for (const auto& [role, bytes] : repository.files) directory.save(repository.gun, tuf::RoleName(role), bytes);
    }

    /// The check that refuses what is cached; Other if none does.
    tuf::Check refused() {
        try {
            (void)updater.load_cached(repository.gun);
        } catch (const tuf::Refusal& refusal) {
            return refusal.details().check;
        }
        ADD_FAILURE() << "nothing was refused";
        return tuf::Check::Other;
    }

    test::RepositorySimulator repository{"example/app"};
    test::TempDir folder;
    TrustDirectory directory{std::filesystem::path(folder.path())};
    HandSetClock clock{repository.now};
    HttpClient http{Url::parse("http://127.0.0.1:1"), {}};
    NotaryApi api{http, repository.gun};
    std::vector<std::string> warnings;
    Updater updater{api, directory, {}, clock, [this](const std::string& text) { warnings.push_back(text); }};
};

TEST_F(OfflineUpdaterTest, LeavesOutAnExpiredDelegationAndSaysSo) {
    repository.add_delegation("targets/old", {""});
    repository.add_delegation("targets/good", {""});
    repository.delegations.at(tuf::RoleName("targets/old")).expires = repository.now + std::chrono::hours(-1);
    cache_files();

    const auto trusted = updater.load_cached(repository.gun);

    ASSERT_TRUE(trusted);
    EXPECT_EQ(trusted->targets(tuf::RoleName("targets/old")), nullptr);
    EXPECT_NE(trusted->targets(tuf::RoleName("targets/good")), nullptr);
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_NE(warnings[0].find("left out targets/old"), std::string::npos) << warnings[0];
    ASSERT_EQ(updater.refusals().size(), 1U);
    EXPECT_EQ(updater.refusals()[0].details().role, "targets/old");
    EXPECT_EQ(updater.refusals()[0].details().check, tuf::Check::Expiry);
}

TEST_F(OfflineUpdaterTest, RefusesASnapshotThatListsAnotherRoot) {
    cache_files();
    repository.root.version = repository.root.version.next();
    repository.publish();
    directory.save(repository.gun, tuf::root_role(), repository.files["root"]);

    EXPECT_EQ(refused(), tuf::Check::Integrity);
}

TEST_F(OfflineUpdaterTest, ExplainsWhyTheCachedRootIsNotTrusted) {
    cache_files();
    Bytes root = repository.files["root"];
    root.replace(root.find("\"sig\":\"") + 7, 4, "AAAA");
    directory.save(repository.gun, tuf::root_role(), root);

    EXPECT_EQ(refused(), tuf::Check::Signatures);
}

TEST_F(OfflineUpdaterTest, RefusesAnExpiredTimestamp) {
    cache_files();
    clock.advance(std::chrono::hours(24 * 15));

    try {
        (void)updater.load_cached(repository.gun);
        FAIL() << "an expired timestamp was trusted";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::Expired);
    }
}

TEST_F(OfflineUpdaterTest, NothingCachedIsAnAnswer) { EXPECT_FALSE(updater.load_cached(repository.gun)); }

}  // namespace
}  // namespace sello::client
