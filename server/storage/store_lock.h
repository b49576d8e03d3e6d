#pragma once

#include <string>

#include "tuf/base/descriptor.h"

namespace sello::server {

/// The right to serve a database, which one process has at a time: each keeps what it serves in memory, and would not
/// see what another publishes. Kept by a lock on the file PATH.lock, and lost with the process however that ends.
class StoreLock {
public:
    /// Throws Error(Fault::Unavailable) if another has it, Error(Fault::Storage) if the file cannot be opened.
    explicit StoreLock(const std::string& database_path);

private:
    Descriptor file_;
};

}  // namespace sello::server
