#pragma once

#include <sqlite3.h>

#include <string_view>

namespace sello::schemas {

/// Throws unless `result` is SQLITE_OK, SQLITE_ROW or SQLITE_DONE, with SQLite's own reason.
/// A broken constraint is Conflict, a lock not got in time Unavailable, a full disk ResourceExhausted, a damaged file
/// DataLoss, anything else Storage.
void check_sqlite(int result, sqlite3* connection, std::string_view doing);

}  // namespace sello::schemas
