#include "schemas/database/migrate.h"

#include <algorithm>
#include <set>

#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace sello::schemas {

namespace {

std::set<std::int64_t> applied_numbers(Database& database, Migrations known) {
    std::set<std::int64_t> applied;
    auto rows = database.prepare("SELECT number, name FROM sello_migrations");
    while (rows.next()) {
        const auto number = rows.integer(0);
        const auto name = rows.text(1);
        const auto same = [&](const Migration& step) { return step.number == number && step.name == name; };
        if (std::ranges::none_of(known, same))
            throw Error(Fault::FailedPrecondition, concat("database schema: step ", number, " ", name,
                                                          " is unknown to this program; a newer one made it"));
        applied.insert(number);
    }
    return applied;
}

}  // namespace

void migrate(Database& database, Migrations migrations) {
    Transaction transaction(database);
    database.execute(
        "CREATE TABLE IF NOT EXISTS sello_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)");
    const auto applied = applied_numbers(database, migrations);
    for (const auto& step : migrations) {
        if (applied.contains(step.number)) continue;
        database.execute(std::string(step.sql));
        database.prepare("INSERT INTO sello_migrations (number, name) VALUES ($1, $2)")
            .bind_all(step.number, step.name)
            .run();
        log::info("schema migrated", {{"step", step.number}, {"name", step.name}});
    }
    transaction.commit();
}

}  // namespace sello::schemas
