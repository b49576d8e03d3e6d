#include "schemas/database/sqlite.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "schemas/database/database.h"
#include "tuf/base/error.h"

namespace sello::schemas {

namespace {

Fault fault_of(int result) {
    switch (result & 0xff) {  // the low byte is the primary code
        case SQLITE_CONSTRAINT: return Fault::Conflict;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return Fault::Unavailable;
        case SQLITE_FULL: return Fault::ResourceExhausted;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return Fault::DataLoss;
        case SQLITE_MISUSE:
        case SQLITE_RANGE: return Fault::Internal;
        default: return Fault::Storage;
    }
}

/// SQLite creates files that everybody may read, and gives the -wal and -shm files the mode of the main one.
void create_private(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) throw Error(Fault::Storage, concat(path, ": ", std::strerror(errno)));
    ::close(file);
}

sqlite3* open_connection(const std::string& path, const DatabaseOptions& options) {
    const bool in_memory = path == ":memory:";
    if (options.must_exist && !in_memory && ::access(path.c_str(), F_OK) != 0)
        throw Error(Fault::NotFound, concat(path, ": no such database"));
    // To close a file that is open elsewhere in this process would give up the locks that SQLite has on it.
    if (!in_memory && ::access(path.c_str(), F_OK) != 0) create_private(path);
    sqlite3* connection = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &connection,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (result != SQLITE_OK) {
        const std::unique_ptr<sqlite3, detail::CloseConnection> failed(connection);
        check_sqlite(result, connection, concat("open ", path));
    }
    return connection;
}

/// A new file's mode is changed by who comes first. The others are turned away at once, whatever the busy timeout.
void use_write_ahead_log(Database& database, std::chrono::milliseconds patience) {
    constexpr std::chrono::milliseconds kPause{2};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
        try {
            return database.prepare("PRAGMA journal_mode=WAL").run();
        } catch (const Error& error) {
            if (error.fault() != Fault::Unavailable || std::chrono::steady_clock::now() >= deadline) throw;
        }
        std::this_thread::sleep_for(kPause);
    }
}

}  // namespace

void check_sqlite(int result, sqlite3* connection, std::string_view doing) {
    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
    const char* reason = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(result);
    throw Error(fault_of(result), concat("SQLite: ", doing, ": ", reason, " (", result, ")"));
}

void detail::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
void detail::CloseConnection::operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }

Database::Database(const std::string& path, const DatabaseOptions& options)
    : connection_(open_connection(path, options)) {
    check_sqlite(sqlite3_busy_timeout(connection_.get(), static_cast<int>(options.busy_timeout.count())),
                 connection_.get(), "set busy_timeout");
    use_write_ahead_log(*this, options.busy_timeout);
    execute(concat("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-", options.cache_kib, ";"));
}

Database::~Database() = default;

Statement Database::prepare(const std::string& sql) {
    if (auto found = idle_.extract(sql)) return {*this, std::move(found.key()), std::move(found.mapped())};
    sqlite3_stmt* statement = nullptr;
    const int result = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    detail::StatementHandle handle(statement);
    check_sqlite(result, connection_.get(), sql);
    if (!handle) throw Error(Fault::Internal, "empty SQL statement");
    return {*this, sql, std::move(handle)};
}

void Database::give_back(std::string sql, detail::StatementHandle handle) {
    idle_.try_emplace(std::move(sql), std::move(handle));
}

void Database::execute(const std::string& sql) {
    check_sqlite(sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr), connection_.get(), sql);
}

std::int64_t Database::changes() const { return sqlite3_changes64(connection_.get()); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }

Statement::Statement(Database& database, std::string sql, detail::StatementHandle handle)
    : database_(&database), sql_(std::move(sql)), handle_(std::move(handle)) {}

Statement::~Statement() {
    if (!handle_) return;
    sqlite3_reset(handle_.get());  // repeats the error of the last step, which was thrown already
    sqlite3_clear_bindings(handle_.get());
    database_->give_back(std::move(sql_), std::move(handle_));
}

int Statement::index_of(int parameter) const {
    const int index = sqlite3_bind_parameter_index(handle_.get(), concat('$', parameter).c_str());
    if (index == 0) throw Error(Fault::Internal, concat("no parameter $", parameter, " in: ", sql_));
    return index;
}

Statement& Statement::bind(int parameter, std::int64_t number) {
    check_sqlite(sqlite3_bind_int64(handle_.get(), index_of(parameter), number), sqlite3_db_handle(handle_.get()),
                 sql_);
    return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
    const char* data = text.data() != nullptr ? text.data() : "";  // a null pointer would bind NULL
    check_sqlite(
        sqlite3_bind_text64(handle_.get(), index_of(parameter), data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
        sqlite3_db_handle(handle_.get()), sql_);
    return *this;
}

Statement& Statement::bind(int parameter, std::nullopt_t /*null*/) {
    check_sqlite(sqlite3_bind_null(handle_.get(), index_of(parameter)), sqlite3_db_handle(handle_.get()), sql_);
    return *this;
}

Statement& Statement::bind_blob(int parameter, ByteView bytes) {
    const char* data = bytes.data() != nullptr ? bytes.data() : "";
    check_sqlite(sqlite3_bind_blob64(handle_.get(), index_of(parameter), data, bytes.size(), SQLITE_TRANSIENT),
                 sqlite3_db_handle(handle_.get()), sql_);
    return *this;
}

bool Statement::next() {
    const int result = sqlite3_step(handle_.get());
    check_sqlite(result, sqlite3_db_handle(handle_.get()), sql_);
    return result == SQLITE_ROW;
}

void Statement::run() {
    while (next()) {
    }
    sqlite3_reset(handle_.get());
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string Statement::text(int column) const {
    const auto* data = sqlite3_column_text(handle_.get(), column);
    if (data == nullptr) return {};
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Bytes Statement::blob(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
    if (data == nullptr) return {};  // empty, or NULL
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}
std::optional<std::string> Statement::optional_text(int column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}
std::optional<Bytes> Statement::optional_blob(int column) const {
    if (is_null(column)) return std::nullopt;
    return blob(column);
}

}  // namespace sello::schemas
