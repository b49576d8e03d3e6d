#include "schemas/database/database.h"
#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace sello::schemas {

namespace {

/// In a destructor: a rollback that fails leaves the connection unusable, which the next statement reports.
void roll_back(Database& database, const std::string& sql) noexcept {
    try {
        if (database.in_transaction()) database.prepare(sql).run();  // SQLite itself rolls back on some faults
    } catch (const std::exception& error) {
        log::error("rollback_failed", {{"reason", error.what()}});
    }
}

}  // namespace

Transaction::Transaction(Database& database) : database_(database) { database_.prepare("BEGIN IMMEDIATE").run(); }

Transaction::~Transaction() {
    if (open_) roll_back(database_, "ROLLBACK");
}

void Transaction::commit() {
    database_.prepare("COMMIT").run();
    open_ = false;
}

Savepoint::Savepoint(Database& database) : database_(database) { database_.prepare("SAVEPOINT sello").run(); }

Savepoint::~Savepoint() {
    if (!open_) return;
    roll_back(database_, "ROLLBACK TO sello");
    roll_back(database_, "RELEASE sello");
}

void Savepoint::release() {
    database_.prepare("RELEASE sello").run();
    open_ = false;
}

}  // namespace sello::schemas
