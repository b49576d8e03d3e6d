#include "client/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

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

mode_t shared_mode() {
    const mode_t taken = ::umask(0);  // The only way to read it; nothing else runs here meanwhile.
    ::umask(taken);
    return 0666 & ~taken;
}

void sync_folder(const std::filesystem::path& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0 || ::fsync(opened.get()) != 0) fail(folder, "sync");
}

}  // namespace

std::optional<Bytes> read_file(const std::filesystem::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    if (file.get() < 0) fail(path, "open");
    Bytes content;
    std::array<char, 65536> block{};
    for (;;) {
        const ssize_t count = ::read(file.get(), block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(path, "read");
        if (count == 0) return content;
        content.append(block.data(), static_cast<std::size_t>(count));
    }
}

Bytes read_required(const std::filesystem::path& path) {
    auto bytes = read_file(path);
    if (!bytes) throw Error(Fault::NotFound, concat("open ", path.string(), ": no such file or directory"));
    return std::move(*bytes);
}

void make_private_folder(const std::filesystem::path& path) {
    if (path.empty() || std::filesystem::is_directory(path)) return;
    make_private_folder(path.parent_path());
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail(path, "make folder");
}

void replace_file(const std::filesystem::path& path, ByteView bytes, const std::filesystem::path& draft_folder,
                  FileMode mode) {
    make_private_folder(path.parent_path());
    const auto folder = draft_folder.empty() ? path.parent_path() : draft_folder;
    std::string draft = (folder / (path.filename().string() + ".XXXXXX")).string();
    const Descriptor file(::mkostemp(draft.data(), O_CLOEXEC));
    if (file.get() < 0) fail(path, "create");
    try {
        write_all(file.get(), bytes, path);
        if (mode == FileMode::Shared && ::fchmod(file.get(), shared_mode()) != 0) fail(path, "set mode");
        if (::fsync(file.get()) != 0) fail(path, "sync");
        if (::rename(draft.c_str(), path.c_str()) != 0) fail(path, "rename");
    } catch (...) {
        ::unlink(draft.c_str());
        throw;
    }
    sync_folder(path.parent_path());
}

FolderLock::FolderLock(const std::filesystem::path& folder)
    : folder_((make_private_folder(folder), ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))) {
    if (folder_.get() < 0 || ::flock(folder_.get(), LOCK_EX) != 0) fail(folder, "lock");
}

}  // namespace sello::client
