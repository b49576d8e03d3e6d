#include "client/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/random.h"

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

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : ".";
}

void sync_folder(const std::filesystem::path& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0 || ::fsync(opened.get()) != 0) fail(folder, "sync");
}

const char* const kOwnDescriptors = "/proc/self/fd/";

/// Without a name where the file system has such files and a name can be given later; else under one, which `name`
/// gets.
int open_draft(const std::string& stem, std::string& name) {
    if (::access(kOwnDescriptors, X_OK) == 0) {
        const int nameless = ::open(folder_of(stem).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
        if (nameless >= 0) return nameless;
    }
    std::string pattern = stem + "XXXXXX";
    const int named = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (named >= 0) name = pattern;
    return named;
}

/// A name that nothing had; empty if the file can have none.
std::string give_name(int nameless, const std::string& stem) {
    constexpr int attempts = 100;
    const std::string source = concat(kOwnDescriptors, nameless);
    for (int i = 0; i < attempts; ++i) {
        std::string name = stem + to_hex(tuf::random_bytes(4));
        if (::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return name;
        if (errno != EEXIST) break;
    }
    return {};
}

/// No signal that can wait ends the process as long as it lives.
class SignalsHeld {
public:
    SignalsHeld() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;
    SignalsHeld(SignalsHeld&&) = delete;
    SignalsHeld& operator=(SignalsHeld&&) = delete;
    ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

}  // namespace

std::optional<Bytes> read_file(const std::filesystem::path& path) {
    Bytes content;
    if (!read_file(path, [&](ByteView piece) { content += piece; })) return std::nullopt;
    return content;
}

bool read_file(const std::filesystem::path& path, const ByteSink& sink) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return false;
    if (file.get() < 0) fail(path, "open");
    std::array<char, 65536> block{};
    for (;;) {
        const ssize_t count = ::read(file.get(), block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(path, "read");
        if (count == 0) return true;
        sink(ByteView(block.data(), static_cast<std::size_t>(count)));
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
    sync_folder(folder_of(path));
}

FileDraft::FileDraft(std::filesystem::path path, const std::filesystem::path& draft_folder, FileMode mode)
    : path_((make_private_folder(path.parent_path()), std::move(path))),
      stem_(((draft_folder.empty() ? path_.parent_path() : draft_folder) / path_.filename()).string() + "."),
      mode_(mode),
      file_(open_draft(stem_, draft_)) {
    if (file_.get() < 0) fail(path_, "create");
}

FileDraft::~FileDraft() {
    if (!draft_.empty()) ::unlink(draft_.c_str());
}

void FileDraft::write(ByteView bytes) { write_all(file_.get(), bytes, path_); }

void FileDraft::commit() {
    if (mode_ == FileMode::Shared && ::fchmod(file_.get(), shared_mode()) != 0) fail(path_, "set mode");
    if (::fsync(file_.get()) != 0) fail(path_, "sync");
    take_place();
    sync_folder(folder_of(path_));
}

/// A name is only ever there for a moment in which no signal ends the process.
void FileDraft::take_place() {
    const SignalsHeld held;
    if (draft_.empty()) draft_ = give_name(file_.get(), stem_);
    if (draft_.empty()) fail(path_, "link");
    if (::rename(draft_.c_str(), path_.c_str()) != 0) fail(path_, "rename");
    draft_.clear();
}

void replace_file(const std::filesystem::path& path, ByteView bytes, const std::filesystem::path& draft_folder,
                  FileMode mode) {
    FileDraft draft(path, draft_folder, mode);
    draft.write(bytes);
    draft.commit();
}

FolderLock::FolderLock(const std::filesystem::path& folder)
    : folder_((make_private_folder(folder), ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))) {
    if (folder_.get() < 0 || ::flock(folder_.get(), LOCK_EX) != 0) fail(folder, "lock");
}

}  // namespace sello::client
