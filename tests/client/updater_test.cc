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
