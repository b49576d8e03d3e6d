#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "client/byte_sink.h"
#include "tuf/base/bytes.h"
#include "tuf/base/descriptor.h"

namespace sello::client {

/// The whole file; nullopt if there is none. Throws Error(Fault::Storage) if it cannot be read.
[[nodiscard]] std::optional<Bytes> read_file(const std::filesystem::path& path);

/// The same in pieces; false if there is none.
[[nodiscard]] bool read_file(const std::filesystem::path& path, const ByteSink& sink);

/// The same; throws Error(Fault::NotFound) if there is none.
[[nodiscard]] Bytes read_required(const std::filesystem::path& path);

enum class FileMode {
    Private,  ///< 0600
    Shared,   ///< 0666 less what the umask takes
};

/// What shall replace a file, written piece by piece. Without commit() nothing of it stays, whatever ends the process,
/// where the file system has files without a name; elsewhere it takes the destructor to remove it. It stands in
/// `draft_folder`, which must be on the same file system; by default beside the file. Folders that are missing are made
/// with 0700. Every function throws Error(Fault::Storage).
class FileDraft {
public:
    explicit FileDraft(std::filesystem::path path, const std::filesystem::path& draft_folder = {},
                       FileMode mode = FileMode::Private);
    FileDraft(const FileDraft&) = delete;
    FileDraft& operator=(const FileDraft&) = delete;
    FileDraft(FileDraft&&) = delete;
    FileDraft& operator=(FileDraft&&) = delete;
    ~FileDraft();

    void write(ByteView bytes);
    /// Puts it in the file's place in one step: a reader, or a crash, sees the old bytes or the new ones. On disk when
    /// it returns.
    void commit();

private:
    void take_place();

    std::filesystem::path path_;
    std::string stem_;   ///< what a draft's name begins with
    std::string draft_;  ///< its name; empty while it has none
    FileMode mode_;
    Descriptor file_;
};

/// The same in one piece.
void replace_file(const std::filesystem::path& path, ByteView bytes, const std::filesystem::path& draft_folder = {},
                  FileMode mode = FileMode::Private);

/// One process at a time below `folder`, which is made if it is missing. Held until destroyed; waits for its turn.
class FolderLock {
public:
    explicit FolderLock(const std::filesystem::path& folder);

private:
    Descriptor folder_;
};

/// Makes the folder and those above it, mode 0700. On disk when it returns.
void make_private_folder(const std::filesystem::path& path);

}  // namespace sello::client
