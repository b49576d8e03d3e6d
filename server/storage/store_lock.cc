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

Descriptor open_and_lock(const std::string& database_path) {
    const std::string path = lock_path(database_path);
    const auto require = [&path](bool is_done) {
        if (!is_done) throw Error(Fault::Storage, concat(path, ": ", std::strerror(errno)));
    };
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    require(file.get() >= 0);
    const bool is_ours = ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
    require(is_ours || errno == EWOULDBLOCK);
    if (!is_ours)
        throw Error(
            Fault::Unavailable,
            concat(database_path, ": another sello-server serves this database, and only one can; it holds ", path));
    return file;
}

}  // namespace

StoreLock::StoreLock(const std::string& database_path) : file_(open_and_lock(database_path)) {}

}  // namespace sello::server
