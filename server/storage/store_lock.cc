#include "server/storage/store_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "tuf/base/error.h"

namespace sello::server {
namespace {

/// Of the file itself, whatever links lead to it.
std::string lock_path(const std::string& database_path) {
    std::error_code unknown;
    const auto path = std::filesystem::weakly_canonical(database_path, unknown);
    return (unknown ? database_path : path.string()) + ".lock";
}

}  // namespace

StoreLock::StoreLock(const std::string& database_path)
    : file_(::open(lock_path(database_path).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_.get() < 0) throw Error(Fault::Storage, concat(lock_path(database_path), ": ", std::strerror(errno)));
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return;
    if (errno != EWOULDBLOCK) throw Error(Fault::Storage, concat(lock_path(database_path), ": ", std::strerror(errno)));
    throw Error(Fault::Unavailable,
                concat(database_path, ": another sello-server serves this database, and only one can; it holds ",
                       lock_path(database_path)));
}

}  // namespace sello::server
