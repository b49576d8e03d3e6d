#pragma once

#include <span>
#include <string_view>

#include "schemas/database/database.h"

namespace sello::schemas {

/// One numbered step of a schema, embedded from a file `sql/.../NNNN_name.sqlite.sql`.
struct Migration {
    int number;
    std::string_view name;
    std::string_view sql;
};

/// In rising order of number.
using Migrations = std::span<const Migration>;

/// Applies what is missing, all in one transaction, and records it in the table sello_migrations. Any number of
/// processes may do so at once. Throws Error(Fault::FailedPrecondition) if the database holds a step unknown to us:
/// a newer program wrote it.
void migrate(Database& database, Migrations migrations);

}  // namespace sello::schemas
