#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "schemas/sql/migrations.h"
#include "server/storage/memory_metadata_store.h"
#include "server/storage/sql_metadata_store.h"
#include "tests/support/temp_dir.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"

namespace sello::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

enum class Kind { Memory, Sqlite };

/// What every store must do.
class MetadataStoreTest : public testing::TestWithParam<Kind> {
protected:
    MetadataStoreTest() { open(); }

    void open() {
        store_.reset();
        if (GetParam() == Kind::Memory)
            store_ = std::make_unique<MemoryMetadataStore>(clock_);
        else
            store_ = std::make_unique<SqlMetadataStore>(SqlStoreOptions{.path = dir_.path() + "/server.db"}, clock_);
    }

    static NewMetadata file(const tuf::RoleName& role, std::int64_t version, const std::string& salt = "") {
        auto bytes = std::make_shared<const Bytes>(concat(role, " ", version, salt, std::string(1, '\0')));
        return {role, tuf::Version(version), bytes, tuf::sha256_hex(*bytes)};
    }
    static std::vector<NewMetadata> four(std::int64_t version) {
        return {file(tuf::root_role(), version), file(tuf::targets_role(), version),
                file(tuf::snapshot_role(), version), file(tuf::timestamp_role(), version)};
    }
    std::optional<StoredMetadata> newest(const tuf::Gun& gun, const tuf::RoleName& role) {
        for (auto& stored : store_->latest_all(gun))
            if (stored.role == role) return stored;
        return std::nullopt;
    }
    Fault fault_of_commit(const std::vector<NewMetadata>& files) {
        try {
            store_->commit(gun_, files);
        } catch (const Error& error) {
            return error.fault();
        }
        ADD_FAILURE() << "the commit went through";
        return Fault::Internal;
    }
    std::vector<std::int64_t> change_versions(std::int64_t change_id, std::int64_t records) {
        std::vector<std::int64_t> versions;
        for (const auto& change : store_->changes({std::nullopt, change_id, records}))
            versions.push_back(change.version);
        return versions;
    }

    test::TempDir dir_;
    HandSetClock clock_{Instant{1'800'000'000, 0}};
    std::unique_ptr<MetadataStore> store_;
    const tuf::Gun gun_{"registry/one"};
    const tuf::Gun other_{"registry/one-more"};
};

INSTANTIATE_TEST_SUITE_P(All, MetadataStoreTest, testing::Values(Kind::Memory, Kind::Sqlite),
                         [](const auto& instance) { return instance.param == Kind::Memory ? "Memory" : "Sqlite"; });

TEST_P(MetadataStoreTest, HasNothingAtFirst) {
    EXPECT_FALSE(newest(gun_, tuf::root_role()));
    EXPECT_FALSE(store_->by_version(gun_, tuf::root_role(), tuf::Version(1)));
    EXPECT_FALSE(store_->by_checksum(gun_, tuf::root_role(), std::string(64, '0')));
    EXPECT_THAT(store_->latest_all(gun_), IsEmpty());
    EXPECT_THAT(store_->changes({}), IsEmpty());
    EXPECT_NO_THROW(store_->check_health());
}

TEST_P(MetadataStoreTest, GivesBackExactBytesByEveryAddress) {
    const auto committed = file(tuf::targets_role(), 7);
    store_->commit(gun_, {committed});

    const auto latest = newest(gun_, tuf::targets_role());
    const auto by_version = store_->by_version(gun_, tuf::targets_role(), tuf::Version(7));
    const auto by_checksum = store_->by_checksum(gun_, tuf::targets_role(), committed.sha256_hex);

    for (const auto& found : {latest, by_version, by_checksum}) {
        ASSERT_TRUE(found);
        EXPECT_EQ(*found->bytes, *committed.bytes);
        EXPECT_EQ(found->version, tuf::Version(7));
        EXPECT_EQ(found->sha256_hex, committed.sha256_hex);
        EXPECT_EQ(found->created_at, clock_.now());
    }
}

TEST_P(MetadataStoreTest, KeepsOldVersions) {
    store_->commit(gun_, four(1));
    store_->commit(gun_, four(2));

    EXPECT_EQ(newest(gun_, tuf::root_role())->version, tuf::Version(2));
    EXPECT_TRUE(store_->by_version(gun_, tuf::root_role(), tuf::Version(1)));
}

TEST_P(MetadataStoreTest, LooksUpWithinGunAndRoleOnly) {
    const auto committed = file(tuf::targets_role(), 1);
    store_->commit(gun_, {committed});

    EXPECT_FALSE(store_->by_checksum(other_, tuf::targets_role(), committed.sha256_hex));
    EXPECT_FALSE(store_->by_checksum(gun_, tuf::root_role(), committed.sha256_hex));
    EXPECT_FALSE(newest(other_, tuf::targets_role()));
}

TEST_P(MetadataStoreTest, ListsNewestVersionOfEveryRole) {
    store_->commit(gun_, four(1));
    store_->commit(gun_, {file(tuf::timestamp_role(), 2), file(tuf::RoleName("targets/releases"), 5)});
    store_->commit(other_, four(9));

    std::vector<std::string> found;
    for (const auto& stored : store_->latest_all(gun_)) found.push_back(concat(stored.role, " ", stored.version));

    EXPECT_THAT(found, ElementsAre("root 1", "snapshot 1", "targets 1", "targets/releases 5", "timestamp 2"));
}

TEST_P(MetadataStoreTest, SecondCommitOfSameVersionConflicts) {
    store_->commit(gun_, four(3));

    EXPECT_EQ(fault_of_commit({file(tuf::targets_role(), 3, "other")}), Fault::Conflict);
    EXPECT_EQ(fault_of_commit({file(tuf::targets_role(), 2)}), Fault::Conflict);
}

TEST_P(MetadataStoreTest, StoresNothingWhenOneRoleConflicts) {
    store_->commit(gun_, four(1));

    EXPECT_EQ(
        fault_of_commit({file(tuf::root_role(), 2), file(tuf::timestamp_role(), 2), file(tuf::targets_role(), 1)}),
        Fault::Conflict);

    EXPECT_EQ(newest(gun_, tuf::root_role())->version, tuf::Version(1));
    EXPECT_THAT(change_versions(0, 100), ElementsAre(1));
}

TEST_P(MetadataStoreTest, RecordsChangeForTimestampOnly) {
    const auto timestamp = file(tuf::timestamp_role(), 4);
    store_->commit(gun_, {file(tuf::root_role(), 1), timestamp});
    store_->commit(gun_, {file(tuf::root_role(), 2)});

    const auto changes = store_->changes({});

    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].gun, gun_.str());
    EXPECT_EQ(changes[0].version, 4);
    EXPECT_EQ(changes[0].sha256_hex, timestamp.sha256_hex);
    EXPECT_EQ(changes[0].category, "update");
    EXPECT_EQ(changes[0].created_at, clock_.now());
}

TEST_P(MetadataStoreTest, RemovesGunAndNoOther) {
    store_->commit(gun_, four(1));
    store_->commit(other_, four(1));

    EXPECT_TRUE(store_->remove(gun_));
    EXPECT_FALSE(store_->remove(gun_));

    EXPECT_THAT(store_->latest_all(gun_), IsEmpty());
    EXPECT_FALSE(store_->by_version(gun_, tuf::root_role(), tuf::Version(1)));
    EXPECT_TRUE(newest(other_, tuf::root_role()));
    const auto last = store_->changes({std::nullopt, -1, 1}).at(0);
    EXPECT_EQ(last.category, "deletion");
    EXPECT_EQ(last.version, 0);
    EXPECT_EQ(last.sha256_hex, "");
}

TEST_P(MetadataStoreTest, TakesVersionOneAgainAfterRemoval) {
    store_->commit(gun_, four(5));
    (void)store_->remove(gun_);

    store_->commit(gun_, four(1));

    EXPECT_EQ(newest(gun_, tuf::root_role())->version, tuf::Version(1));
}

TEST_P(MetadataStoreTest, SelectsChangesAsNotaryDoes) {
    for (std::int64_t version = 1; version <= 5; ++version)
        store_->commit(gun_, {file(tuf::timestamp_role(), version)});
    const auto ids = store_->changes({});
    const auto third = ids.at(2).id;

    EXPECT_THAT(change_versions(0, 2), ElementsAre(1, 2));
    EXPECT_THAT(change_versions(third, 100), ElementsAre(4, 5));
    EXPECT_THAT(change_versions(ids.back().id, 100), IsEmpty());
    EXPECT_THAT(change_versions(-1, 2), ElementsAre(4, 5));
    EXPECT_THAT(change_versions(-7, -2), ElementsAre(4, 5));
    EXPECT_THAT(change_versions(third, -1), ElementsAre(2));
    EXPECT_THAT(change_versions(third, -100), ElementsAre(1, 2));
    EXPECT_THAT(change_versions(0, -2), ElementsAre(4, 5));
}

TEST_P(MetadataStoreTest, SelectsChangesOfOneGun) {
    store_->commit(gun_, {file(tuf::timestamp_role(), 1)});
    store_->commit(other_, {file(tuf::timestamp_role(), 2)});
    store_->commit(gun_, {file(tuf::timestamp_role(), 3)});
    (void)store_->remove(gun_);

    std::vector<std::int64_t> versions;
    for (const auto& change : store_->changes({gun_, 0, 100})) versions.push_back(change.version);

    EXPECT_THAT(versions, ElementsAre(1, 3, 0));
}

TEST_P(MetadataStoreTest, FindsCollectionsWhoseTimestampIsOld) {
    store_->commit(tuf::Gun("a"), four(1));
    store_->commit(tuf::Gun("b"), four(1));
    store_->commit(tuf::Gun("c"), four(1));
    store_->commit(tuf::Gun("no-timestamp"), {file(tuf::root_role(), 1)});
    clock_.advance(std::chrono::hours(1));
    const auto before = clock_.now();
    store_->commit(tuf::Gun("b"), {file(tuf::timestamp_role(), 2)});

    EXPECT_THAT(store_->stale_collections(before, "", 10), ElementsAre(tuf::Gun("a"), tuf::Gun("c")));
    EXPECT_THAT(store_->stale_collections(before, "", 1), ElementsAre(tuf::Gun("a")));
    EXPECT_THAT(store_->stale_collections(before, "a", 10), ElementsAre(tuf::Gun("c")));
}

/// 8 threads race for every version of a few GUNs: each version is won once, and what a winner stored is there.
TEST_P(MetadataStoreTest, RacingPublishersLoseNoUpdate) {
    constexpr int kThreads = 8;
    constexpr int kVersions = 20;
    const std::vector<tuf::Gun> guns = {tuf::Gun("race/a"), tuf::Gun("race/b"), tuf::Gun("race/c")};
    std::atomic<int> wins = 0;
    std::latch start(kThreads);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, salt = std::to_string(thread)] {
            start.arrive_and_wait();
            for (std::int64_t version = 1; version <= kVersions; ++version) {
                for (const auto& gun : guns) {
                    const auto mine = file(tuf::timestamp_role(), version, salt);
                    try {
                        store_->commit(gun, {mine});
                    } catch (const Error& error) {
                        EXPECT_EQ(error.fault(), Fault::Conflict) << error.what();
                        continue;
                    }
                    ++wins;
                    const auto stored = store_->by_version(gun, tuf::timestamp_role(), tuf::Version(version));
                    EXPECT_TRUE(stored && *stored->bytes == *mine.bytes);
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();

    EXPECT_EQ(wins, kVersions * std::ssize(guns));
    EXPECT_EQ(store_->changes({std::nullopt, 0, 10'000}).size(), static_cast<std::size_t>(wins));
}

class SqlMetadataStoreTest : public MetadataStoreTest {};
INSTANTIATE_TEST_SUITE_P(All, SqlMetadataStoreTest, testing::Values(Kind::Sqlite));

TEST_P(SqlMetadataStoreTest, KeepsEverythingOverRestart) {
    store_->commit(gun_, four(1));

    open();

    EXPECT_TRUE(newest(gun_, tuf::root_role()));
    EXPECT_EQ(store_->changes({}).size(), 1U);
}

TEST_P(SqlMetadataStoreTest, ASecondServerOfOneDatabaseIsRefused) {
    try {
        const SqlMetadataStore second(SqlStoreOptions{.path = dir_.path() + "/server.db"}, clock_);
        FAIL() << "was let in";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::Unavailable);
        EXPECT_THAT(e.what(), testing::HasSubstr("another sello-server serves this database"));
    }

    store_.reset();
    EXPECT_NO_THROW(SqlMetadataStore(SqlStoreOptions{.path = dir_.path() + "/server.db"}, clock_));
}

TEST_P(SqlMetadataStoreTest, FindsOldTimestampsThatWereThereBeforeTheyWereListed) {
    const std::string path = dir_.path() + "/older.db";
    {
        schemas::Database database(path);
        migrate(database, schemas::server_migrations().first(1));
        database.execute(
            "INSERT INTO tuf_files (created_at, gun, role, version, data) VALUES "
            "('2020-01-01T00:00:00.000000000Z', 'old', 'timestamp', 1, ''),"
            "('2020-01-01T00:00:00.000000000Z', 'renewed', 'timestamp', 1, ''),"
            "('2026-01-01T00:00:00.000000000Z', 'renewed', 'timestamp', 2, ''),"
            "('2020-01-01T00:00:00.000000000Z', 'none', 'root', 1, '')");
    }
    SqlMetadataStore store(SqlStoreOptions{.path = path}, clock_);

    const auto in_2025 = *parse_rfc3339("2025-01-01T00:00:00Z");
    EXPECT_THAT(store.stale_collections(in_2025, "", 10), ElementsAre(tuf::Gun("old")));
    (void)store.remove(tuf::Gun("old"));
    EXPECT_THAT(store.stale_collections(in_2025, "", 10), IsEmpty());
}

TEST_P(SqlMetadataStoreTest, NeverGivesIdOfChangeTwice) {
    store_->commit(gun_, four(1));
    (void)store_->remove(gun_);
    const auto last = store_->changes({std::nullopt, -1, 1}).at(0).id;
    schemas::Database(dir_.path() + "/server.db").execute("DELETE FROM changefeed");

    store_->commit(gun_, four(1));

    EXPECT_GT(store_->changes({std::nullopt, -1, 1}).at(0).id, last);
}

TEST_P(SqlMetadataStoreTest, FailsEveryCommitOfTransactionThatFails) {
    schemas::Database blocker(dir_.path() + "/server.db");
    blocker.execute("CREATE TRIGGER refuse BEFORE INSERT ON tuf_files BEGIN SELECT raise(ROLLBACK, 'refused'); END");

    EXPECT_EQ(fault_of_commit(four(1)), Fault::Conflict);  // SQLite counts raise() among the constraints

    blocker.execute("DROP TRIGGER refuse");
    store_->commit(gun_, four(1));
    EXPECT_TRUE(newest(gun_, tuf::root_role()));
}

TEST_P(SqlMetadataStoreTest, ReportsMissingTableAsUnhealthy) {
    schemas::Database(dir_.path() + "/server.db").execute("DROP TABLE tuf_files");

    EXPECT_THROW(store_->check_health(), Error);
}

}  // namespace
}  // namespace sello::server
