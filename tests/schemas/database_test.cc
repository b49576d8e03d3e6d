#include "schemas/database/database.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <latch>
#include <thread>

#include "schemas/sql/migrations.h"
#include "tests/support/temp_dir.h"
#include "tuf/base/descriptor.h"
#include "tuf/base/error.h"

namespace sello::schemas {
namespace {

class DatabaseTest : public testing::Test {
protected:
    test::TempDir dir_;
    std::string path_ = dir_.path() + "/test.db";
    Database database_{path_};
};

template <class Action>
Fault fault_of(Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.fault();
    }
    ADD_FAILURE() << "no Error was thrown";
    return Fault::Internal;
}

/// A process gives up all of SQLite's locks on a file when it closes any descriptor of it.
TEST_F(DatabaseTest, KeepsItsLocksWhenTheFileIsOpenedAgain) {
    database_.execute("CREATE TABLE t (i INTEGER)");
    const Database second(path_);

    const Descriptor other(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
    struct flock lock {};
    lock.l_type = F_WRLCK;
    ASSERT_EQ(::fcntl(other.get(), F_OFD_GETLK, &lock), 0);
    EXPECT_EQ(lock.l_type, F_RDLCK);
}

TEST_F(DatabaseTest, GivesBackEveryTypeAsItWasBound) {
    database_.execute("CREATE TABLE t (i INTEGER, t TEXT, b BLOB, n TEXT)");
    const Bytes bytes("a\0b", 3);
    auto insert = database_.prepare("INSERT INTO t VALUES ($1, $2, $3, $4)");
    insert.bind_all(std::int64_t{1} << 40, "tex\xc3\xa9", std::nullopt, std::optional<std::string>());
    insert.bind_blob(3, bytes).run();

    auto rows = database_.prepare("SELECT * FROM t");

    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), std::int64_t{1} << 40);
    EXPECT_EQ(rows.text(1), "tex\xc3\xa9");
    EXPECT_EQ(rows.blob(2), bytes);
    EXPECT_EQ(rows.optional_text(3), std::nullopt);
    EXPECT_FALSE(rows.next());
}

TEST_F(DatabaseTest, TellsEmptyFromNull) {
    database_.execute("CREATE TABLE t (a TEXT, b BLOB)");
    database_.prepare("INSERT INTO t VALUES ($1, $2)").bind(1, std::string_view()).bind_blob(2, {}).run();

    auto rows = database_.prepare("SELECT a, b FROM t");

    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.optional_text(0), "");
    EXPECT_EQ(rows.optional_blob(1), "");
}

TEST_F(DatabaseTest, ReportsBrokenConstraintAsConflict) {
    database_.execute("CREATE TABLE t (a INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");

    EXPECT_EQ(fault_of([&] { database_.prepare("INSERT INTO t VALUES ($1)").bind(1, 1).run(); }), Fault::Conflict);
}

TEST_F(DatabaseTest, EnforcesForeignKeys) {
    migrate(database_, server_migrations());

    EXPECT_EQ(fault_of([&] {
                  database_.execute("INSERT INTO changefeed (gun, version, category) VALUES ('g', 1, 'other')");
              }),
              Fault::Conflict);
}

TEST_F(DatabaseTest, CommitsDurablyInWalMode) {
    auto mode = database_.prepare("PRAGMA journal_mode");
    ASSERT_TRUE(mode.next());
    EXPECT_EQ(mode.text(0), "wal");
    auto synchronous = database_.prepare("PRAGMA synchronous");
    ASSERT_TRUE(synchronous.next());
    EXPECT_EQ(synchronous.integer(0), 2);
}

TEST_F(DatabaseTest, CreatesFileForItsOwnerOnly) {
    struct stat status = {};
    ASSERT_EQ(stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(DatabaseTest, ReportsMissingFileWhenItMustExist) {
    EXPECT_EQ(fault_of([&] { const Database missing(dir_.path() + "/no.db", {.must_exist = true}); }), Fault::NotFound);
}

TEST_F(DatabaseTest, ReportsDamagedFileAsDataLoss) {
    const auto path = dir_.path() + "/garbage.db";
    test::write_file(path, std::string(4096, 'x'));

    EXPECT_EQ(fault_of([&] { const Database damaged(path); }), Fault::DataLoss);
}

TEST_F(DatabaseTest, UndoesTransactionThatIsNotCommitted) {
    database_.execute("CREATE TABLE t (a INTEGER)");
    {
        const Transaction transaction(database_);
        database_.execute("INSERT INTO t VALUES (1)");
    }

    EXPECT_FALSE(database_.in_transaction());
    EXPECT_FALSE(database_.prepare("SELECT * FROM t").next());
}

TEST_F(DatabaseTest, UndoesSavepointAlone) {
    database_.execute("CREATE TABLE t (a INTEGER)");
    Transaction transaction(database_);
    database_.execute("INSERT INTO t VALUES (1)");
    {
        const Savepoint undone(database_);
        database_.execute("INSERT INTO t VALUES (2)");
    }
    Savepoint kept(database_);
    database_.execute("INSERT INTO t VALUES (3)");
    kept.release();
    transaction.commit();

    auto sum = database_.prepare("SELECT sum(a) FROM t");
    ASSERT_TRUE(sum.next());
    EXPECT_EQ(sum.integer(0), 4);
}

TEST_F(DatabaseTest, SecondWriterGivesUpAtBusyTimeout) {
    Database other(path_, {.busy_timeout = std::chrono::milliseconds(1)});
    const Transaction transaction(database_);

    EXPECT_EQ(fault_of([&] { const Transaction second(other); }), Fault::Unavailable);
}

TEST_F(DatabaseTest, OneStatementMayBeInUseTwice) {
    database_.execute("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2)");
    auto outer = database_.prepare("SELECT a FROM t ORDER BY a");
    ASSERT_TRUE(outer.next());

    auto inner = database_.prepare("SELECT a FROM t ORDER BY a");

    ASSERT_TRUE(inner.next());
    ASSERT_TRUE(outer.next());
    EXPECT_EQ(inner.integer(0), 1);
    EXPECT_EQ(outer.integer(0), 2);
}

constexpr std::array kTwoSteps = {Migration{1, "one", "CREATE TABLE one (a)"},
                                  Migration{2, "two", "CREATE TABLE two (a)"}};

TEST_F(DatabaseTest, AppliesEachMigrationOnce) {
    migrate(database_, Migrations(kTwoSteps).first(1));
    migrate(database_, kTwoSteps);
    migrate(database_, kTwoSteps);

    auto rows = database_.prepare("SELECT number, name FROM sello_migrations ORDER BY number");
    ASSERT_TRUE(rows.next());
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(1), "two");
    EXPECT_FALSE(rows.next());
}

TEST_F(DatabaseTest, AppliesNoMigrationWhenOneFails) {
    const std::array steps = {Migration{1, "one", "CREATE TABLE one (a)"}, Migration{2, "bad", "CREATE nonsense"}};

    EXPECT_EQ(fault_of([&] { migrate(database_, steps); }), Fault::Storage);

    EXPECT_FALSE(database_.prepare("SELECT 1 FROM sqlite_master WHERE name = 'one'").next());
}

TEST_F(DatabaseTest, RefusesSchemaOfNewerProgram) {
    migrate(database_, kTwoSteps);

    EXPECT_EQ(fault_of([&] { migrate(database_, Migrations(kTwoSteps).first(1)); }), Fault::FailedPrecondition);
}

TEST_F(DatabaseTest, ManyProgramsMayOpenAndMigrateNewDatabaseAtOnce) {
    for (int round = 0; round < 20; ++round) {
        const auto path = dir_.path() + "/new-" + std::to_string(round);
        std::latch start(4);
        std::vector<std::thread> programs;
        for (int i = 0; i < 4; ++i) {
            programs.emplace_back([&] {
                start.arrive_and_wait();
                EXPECT_NO_THROW({
                    Database database(path);
                    migrate(database, kTwoSteps);
                });
            });
        }
        for (auto& program : programs) program.join();
    }
}

TEST_F(DatabaseTest, ServerSchemaHasNotarysTables) {
    migrate(database_, server_migrations());

    std::vector<std::string> tables;
    auto rows = database_.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    while (rows.next()) tables.push_back(rows.text(0));
    EXPECT_THAT(tables, testing::IsSupersetOf({"change_category", "changefeed", "tuf_files"}));
}

}  // namespace
}  // namespace sello::schemas
