#pragma once

#include <filesystem>
#include <optional>

#include "tuf/base/bytes.h"
#include "tuf/base/descriptor.h"

namespace sello::client {

/// The whole file; nullopt if there is none. Throws Error(Fault::Storage) if it cannot be read.
[[nodiscard]] std::optional<Bytes> read_file(const std::filesystem::path& path);

/// The same; throws Error(Fault::NotFound) if there is none.
[[nodiscard]] Bytes read_required(const std::filesystem::path& path);

enum class FileMode {
    Private,  ///< 0600
    Shared,   ///< 0666 less what the umask takes
};

/// Replaces the file in one step: a reader, or a crash, sees the old bytes or the new ones. Folders that are
/// missing are made with 0700. On disk when it returns. The draft stands in `draft_folder`, which must be on the same
/// file system; by default beside the file. Throws Error(Fault::Storage).
void replace_file(const std::filesystem::path& path, ByteView bytes, const std::filesystem::path& draft_folder = {},
                  FileMode mode = FileMode::Private);

/// One process at a time below `folder`, which is made if it is missing. Held until destroyed; waits for its turn.
class FolderLock {
public:
    explicit FolderLock(const std::filesystem::path& folder);

private:
    Descriptor folder_;
};

/// Makes the folder and those above it, mode 0700.
void make_private_folder(const std::filesystem::path& path);

}  // namespace sello::client
