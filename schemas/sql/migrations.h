#pragma once

#include "schemas/database/migrate.h"

namespace sello::schemas {

/// The steps of sql/server/ and sql/signer/ for SQLite, embedded when the program is built.
[[nodiscard]] Migrations server_migrations();
[[nodiscard]] Migrations signer_migrations();

}  // namespace sello::schemas
