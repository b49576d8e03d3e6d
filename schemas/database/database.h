#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tuf/base/bytes.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sello::schemas {

namespace detail {
struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
};
struct CloseConnection {
    void operator()(sqlite3* connection) const noexcept;
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, Finalize>;
}  // namespace detail

class Database;

/// One use of a prepared statement, borrowed from its connection's cache and given back when destroyed.
/// Parameters are written $1, $2, ... in the SQL, columns are counted from 0.
/// Faults as check_sqlite gives them: Conflict for a broken constraint, else Storage and its kin.
class Statement {
public:
    Statement(Statement&&) noexcept = default;
    Statement& operator=(Statement&&) = delete;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    Statement& bind(int parameter, std::int64_t number);
    Statement& bind(int parameter, int number) { return bind(parameter, std::int64_t{number}); }
    Statement& bind(int parameter, std::string_view text);
    Statement& bind(int parameter, const std::string& text) { return bind(parameter, std::string_view(text)); }
    Statement& bind(int parameter, const char* text) { return bind(parameter, std::string_view(text)); }
    Statement& bind(int parameter, std::nullopt_t null);
    Statement& bind_blob(int parameter, ByteView bytes);
    template <class T>
    Statement& bind(int parameter, const std::optional<T>& value) {
        return value ? bind(parameter, *value) : bind(parameter, std::nullopt);
    }
    /// bind(1, first), bind(2, second), ...
    template <class... Values>
    Statement& bind_all(const Values&... values) {
        int parameter = 0;
        (bind(++parameter, values), ...);
        return *this;
    }

    /// True while there is a row to read.
    [[nodiscard]] bool next();
    /// Runs a statement whose rows, if any, are of no interest. The statement may then be bound and run again.
    void run();

    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] Bytes blob(int column) const;
    [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
    [[nodiscard]] std::optional<std::string> optional_text(int column) const;
    [[nodiscard]] std::optional<Bytes> optional_blob(int column) const;

private:
    friend class Database;
    Statement(Database& database, std::string sql, detail::StatementHandle handle);
    [[nodiscard]] int index_of(int parameter) const;

    Database* database_;
    std::string sql_;
    detail::StatementHandle handle_;
};

struct DatabaseOptions {
    /// How long a statement waits for another connection's write lock before Fault::Unavailable.
    std::chrono::milliseconds busy_timeout{10'000};
    /// Fails with Fault::NotFound, rather than creating the file (mode 0600), when it is missing.
    bool must_exist = false;
    /// Page cache of this connection.
    int cache_kib = 8192;
};

/// One connection to a SQLite database in WAL mode: a commit is on disk when it returns (synchronous=FULL), foreign
/// keys are enforced. For one thread at a time; several connections to one file may work side by side.
class Database {
public:
    explicit Database(const std::string& path, const DatabaseOptions& options = {});
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    Database(Database&&) = delete;
    Database& operator=(Database&&) = delete;
    ~Database();

    /// Prepared once for each text of SQL, then taken from the cache.
    [[nodiscard]] Statement prepare(const std::string& sql);
    /// Runs any number of statements without parameters, such as a migration.
    void execute(const std::string& sql);
    /// Rows that the last insert, update or delete touched.
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] bool in_transaction() const;

private:
    friend class Statement;
    void give_back(std::string sql, detail::StatementHandle handle);

    std::unique_ptr<sqlite3, detail::CloseConnection> connection_;
    std::unordered_map<std::string, detail::StatementHandle> idle_;
};

/// All or nothing. Takes the write lock at once, so that what is read in it cannot change before it is written.
/// Rolls back when destroyed uncommitted.
class Transaction {
public:
    explicit Transaction(Database& database);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    Transaction(Transaction&&) = delete;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    void commit();

private:
    Database& database_;
    bool open_ = true;
};

/// A part of a transaction that can be undone alone. Undone when destroyed unreleased.
class Savepoint {
public:
    explicit Savepoint(Database& database);
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;
    Savepoint(Savepoint&&) = delete;
    Savepoint& operator=(Savepoint&&) = delete;
    ~Savepoint();

    void release();

private:
    Database& database_;
    bool open_ = true;
};

}  // namespace sello::schemas
