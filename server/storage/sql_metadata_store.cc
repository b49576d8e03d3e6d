#include "server/storage/sql_metadata_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "schemas/sql/migrations.h"
#include "tuf/base/error.h"
#include "tuf/trust/freshness.h"

namespace sello::server {

namespace {

using schemas::Database;
using schemas::Statement;

const std::string kColumns = "SELECT role, version, data, sha256, created_at FROM tuf_files WHERE gun = $1";
const std::string kLive = " AND deleted_at IS NULL";

/// Goes from role to role, and in each to its newest version, so that it takes as long however many versions there are.
const std::string kNewestOfEachRole = R"(
WITH RECURSIVE roles (role) AS (
    SELECT min(role) FROM tuf_files WHERE gun = $1
    UNION ALL
    SELECT (SELECT min(role) FROM tuf_files WHERE gun = $1 AND role > roles.role) FROM roles WHERE role IS NOT NULL
)
SELECT newest.role, newest.version, newest.data, newest.sha256, newest.created_at
FROM roles CROSS JOIN tuf_files AS newest ON newest.gun = $1 AND newest.role = roles.role AND newest.version = (
    SELECT max(version) FROM tuf_files WHERE gun = $1 AND role = roles.role AND deleted_at IS NULL
)
ORDER BY newest.role)";

/// RFC 3339 with all nine digits of the fraction, so that the order of texts is the order of times.
std::string sql_time(const Instant& instant) {
    const auto seconds = to_rfc3339({instant.seconds, 0});
    const auto fraction = std::to_string(instant.nanoseconds);
    return concat(std::string_view(seconds).substr(0, seconds.size() - 1), '.', std::string(9 - fraction.size(), '0'),
                  fraction, 'Z');
}

Instant instant_of(const Statement& row, int column) {
    const auto text = row.optional_text(column);
    if (!text) return {};
    const auto instant = parse_rfc3339(*text);
    if (!instant) throw Error(Fault::DataLoss, concat("stored time is not RFC 3339: ", *text));
    return *instant;
}

StoredMetadata metadata_of(const Statement& row) {
    return {tuf::notary_role(row.text(0)), tuf::Version(row.integer(1)), std::make_shared<const Bytes>(row.blob(2)),
            row.text(3), instant_of(row, 4)};
}

std::optional<StoredMetadata> first_of(Statement& rows) {
    if (!rows.next()) return std::nullopt;
    return metadata_of(rows);
}

void record_change(Database& database, const Instant& now, const tuf::Gun& gun, std::int64_t version,
                   std::string_view sha256_hex, std::string_view category) {
    database.prepare("INSERT INTO changefeed (created_at, gun, version, sha256, category) VALUES ($1, $2, $3, $4, $5)")
        .bind_all(sql_time(now), gun.str(), version, sha256_hex, category)
        .run();
}

void insert(Database& database, const Instant& now, const tuf::Gun& gun, const NewMetadata& file) {
    auto newest = database.prepare("SELECT max(version) FROM tuf_files WHERE gun = $1 AND role = $2" + kLive);
    newest.bind_all(gun.str(), file.role.str());
    if (newest.next() && newest.integer(0) != 0 && !tuf::is_newer(file.version, tuf::Version(newest.integer(0))))
        throw Error(Fault::Conflict, concat(gun, " ", file.role, ": offered version ", file.version,
                                            ", stored is already version ", newest.integer(0)));
    auto row = database.prepare(
        "INSERT INTO tuf_files (created_at, updated_at, gun, role, version, sha256, data) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)");
    const auto time = sql_time(now);
    row.bind_all(time, time, gun.str(), file.role.str(), file.version.number(), file.sha256_hex);
    row.bind_blob(7, *file.bytes).run();
    if (file.role == tuf::timestamp_role())
        record_change(database, now, gun, file.version.number(), file.sha256_hex, "update");
}

}  // namespace

/// A connection borrowed for one read.
class SqlMetadataStore::Reader {
public:
    explicit Reader(SqlMetadataStore& store) : store_(store) {
        {
            const std::scoped_lock lock(store_.readers_mutex_);
            if (!store_.readers_.empty()) {
                database_ = std::move(store_.readers_.back());
                store_.readers_.pop_back();
            }
        }
        if (!database_)
            database_ = std::make_unique<Database>(store_.options_.path, schemas::DatabaseOptions{.must_exist = true});
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    Reader(Reader&&) = delete;
    Reader& operator=(Reader&&) = delete;
    ~Reader() {
        const std::scoped_lock lock(store_.readers_mutex_);
        if (store_.readers_.size() < store_.options_.idle_readers) store_.readers_.push_back(std::move(database_));
    }

    Statement prepare(const std::string& sql) { return database_->prepare(sql); }

private:
    SqlMetadataStore& store_;
    std::unique_ptr<Database> database_;
};

SqlMetadataStore::SqlMetadataStore(SqlStoreOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), lock_(options_.path), writer_(options_.path) {
    migrate(writer_, schemas::server_migrations());
    readers_.reserve(options_.idle_readers);
    writing_thread_ = std::thread([this] { write_batches(); });
}

SqlMetadataStore::~SqlMetadataStore() {
    {
        const std::scoped_lock lock(queue_mutex_);
        stopping_ = true;
    }
    queue_changed_.notify_one();
    writing_thread_.join();
}

std::optional<StoredMetadata> SqlMetadataStore::by_version(const tuf::Gun& gun, const tuf::RoleName& role,
                                                           tuf::Version version) {
    Reader reader(*this);
    auto rows = reader.prepare(kColumns + " AND role = $2 AND version = $3" + kLive);
    return first_of(rows.bind_all(gun.str(), role.str(), version.number()));
}

std::optional<StoredMetadata> SqlMetadataStore::by_checksum(const tuf::Gun& gun, const tuf::RoleName& role,
                                                            const std::string& sha256_hex) {
    Reader reader(*this);
    auto rows = reader.prepare(kColumns + " AND role = $2 AND sha256 = $3" + kLive + " LIMIT 1");
    return first_of(rows.bind_all(gun.str(), role.str(), sha256_hex));
}

std::vector<StoredMetadata> SqlMetadataStore::latest_all(const tuf::Gun& gun) {
    Reader reader(*this);
    auto rows = reader.prepare(kNewestOfEachRole);
    rows.bind(1, gun.str());
    std::vector<StoredMetadata> all;
    while (rows.next()) all.push_back(metadata_of(rows));
    return all;
}

void SqlMetadataStore::commit(const tuf::Gun& gun, const std::vector<NewMetadata>& files) {
    write([&](Database& database) {
        for (const auto& file : files) insert(database, clock_.now(), gun, file);
    });
}

bool SqlMetadataStore::remove(const tuf::Gun& gun) {
    bool removed = false;
    write([&](Database& database) {
        database.prepare("DELETE FROM tuf_files WHERE gun = $1").bind(1, gun.str()).run();
        removed = database.changes() > 0;
        if (removed) record_change(database, clock_.now(), gun, 0, "", "deletion");
    });
    return removed;
}

std::vector<Change> SqlMetadataStore::changes(const ChangeQuery& query) {
    const bool last_ones = query.change_id < 0 || query.records < 0;
    std::string sql = "SELECT id, created_at, gun, version, sha256, category FROM changefeed WHERE ";
    sql += last_ones ? "id < $1" : "id > $1";
    if (query.gun) sql += " AND gun = $3";
    sql += last_ones ? " ORDER BY id DESC LIMIT $2" : " ORDER BY id LIMIT $2";
    const bool from_the_end = last_ones && query.change_id <= 0;
    Reader reader(*this);
    auto rows = reader.prepare(sql);
    rows.bind(1, from_the_end ? std::numeric_limits<std::int64_t>::max() : query.change_id);
    rows.bind(2, query.records < 0 ? -query.records : query.records);
    if (query.gun) rows.bind(3, query.gun->str());
    std::vector<Change> found;
    while (rows.next())
        found.push_back(
            {rows.integer(0), instant_of(rows, 1), rows.text(2), rows.integer(3), rows.text(4), rows.text(5)});
    if (last_ones) std::ranges::reverse(found);
    return found;
}

std::vector<tuf::Gun> SqlMetadataStore::stale_collections(const Instant& before, const std::string& after,
                                                          std::size_t limit) {
    Reader reader(*this);
    auto rows = reader.prepare(
        "SELECT gun FROM sello_newest_timestamps WHERE gun > $1 AND created_at < $2 ORDER BY gun LIMIT $3");
    rows.bind_all(after, sql_time(before), static_cast<std::int64_t>(limit));
    std::vector<tuf::Gun> stale;
    while (rows.next()) stale.emplace_back(rows.text(0));
    return stale;
}

void SqlMetadataStore::check_health() {
    Reader reader(*this);
    (void)reader.prepare("SELECT 1 FROM tuf_files LIMIT 1").next();
}

void SqlMetadataStore::write(std::function<void(Database&)> apply) {
    Write own{std::move(apply), nullptr, {}};
    auto done = own.done.get_future();
    {
        const std::scoped_lock lock(queue_mutex_);
        queue_.push_back(&own);
    }
    queue_changed_.notify_one();
    done.get();
    if (own.failure) std::rethrow_exception(own.failure);
}

void SqlMetadataStore::write_batches() {
    std::vector<Write*> batch;
    while (true) {
        batch.clear();
        {
            std::unique_lock lock(queue_mutex_);
            queue_changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) return;
            while (!queue_.empty() && batch.size() < options_.largest_batch) {
                batch.push_back(queue_.front());
                queue_.pop_front();
            }
        }
        write_batch(batch);
    }
}

void SqlMetadataStore::write_batch(std::vector<Write*>& batch) {
    try {
        schemas::Transaction transaction(writer_);
        for (auto* write : batch) {
            try {
                schemas::Savepoint savepoint(writer_);
                write->apply(writer_);
                savepoint.release();
            } catch (...) {
                write->failure = std::current_exception();
                // Some faults, a full disk among them, end the whole transaction.
                if (!writer_.in_transaction()) throw;
            }
        }
        transaction.commit();
    } catch (...) {
        for (auto* write : batch) write->failure = std::current_exception();
    }
    for (auto* write : batch) write->done.set_value();  // the caller's Write may be gone at once
}

}  // namespace sello::server
