#include "client/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "tuf/base/error.h"

namespace sello::client {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* doing) {
    throw Error(Fault::Storage, concat(path.string(), ": ", doing, ": ", std::strerror(errno)));
}

void write_all(int fd, ByteView bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) fail(path, "write");
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void sync_folder(const std::filesystem::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail(folder, "open");
    ::fsync(fd);
    ::close(fd);
}

}  // namespace

std::optional<Bytes> read_file(const std::filesystem::path& path) {
    std::error_code failure;
    if (!std::filesystem::exists(path, failure)) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    if (!file || !(content << file.rdbuf() || file.peek() == std::ifstream::traits_type::eof())) fail(path, "read");
    return content.str();
}

void make_private_folder(const std::filesystem::path& path) {
    if (path.empty() || std::filesystem::is_directory(path)) return;
    make_private_folder(path.parent_path());
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail(path, "make folder");
}

void replace_file(const std::filesystem::path& path, ByteView bytes, const std::filesystem::path& draft_folder) {
    make_private_folder(path.parent_path());
    const auto folder = draft_folder.empty() ? path.parent_path() : draft_folder;
    std::string draft = (folder / (path.filename().string() + ".XXXXXX")).string();
    const int fd = ::mkostemp(draft.data(), O_CLOEXEC);
    if (fd < 0) fail(path, "create");
    try {
        write_all(fd, bytes, path);
        if (::fsync(fd) != 0) fail(path, "sync");
        if (::rename(draft.c_str(), path.c_str()) != 0) fail(path, "rename");
    } catch (...) {
        ::close(fd);
        ::unlink(draft.c_str());
        throw;
    }
    ::close(fd);
    sync_folder(path.parent_path());
}

FolderLock::FolderLock(const std::filesystem::path& folder) {
    make_private_folder(folder);
    fd_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd_ < 0 || ::flock(fd_, LOCK_EX) != 0) fail(folder, "lock");
}

FolderLock::~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace sello::client
