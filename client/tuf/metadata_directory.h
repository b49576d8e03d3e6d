#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "client/files.h"
#include "tuf/names/role_name.h"

namespace sello::client {

/// A name as one file's name: percent-encoded, so that it neither leaves a folder nor means two things; one that would
/// be too long becomes `%sha256-` and its SHA-256, which nothing encodes to.
[[nodiscard]] std::string safe_file_name(const std::string& name, const std::string& suffix);

/// Where a TUF 1.0 client keeps what it trusts: one `<role>.json` a role, and nothing else. Locked against other
/// processes for as long as it lives; made if it is missing.
class MetadataDirectory {
public:
    explicit MetadataDirectory(std::filesystem::path folder) : folder_(std::move(folder)), lock_(folder_) {}

    /// nullopt if the role has no file. Throws Error(Fault::Storage).
    [[nodiscard]] std::optional<Bytes> load(const tuf::RoleName& role) const;
    /// Replaces the role's file in one step. Nothing is written where it holds these bytes already.
    void save(const tuf::RoleName& role, ByteView bytes) const;
    /// No error if there is no such file. Throws Error(Fault::Storage).
    void remove(const tuf::RoleName& role) const;
    /// Removes the files of all roles but this one. What no role's file can be called stays.
    void forget_all_but(const tuf::RoleName& kept) const;

private:
    [[nodiscard]] std::filesystem::path file(const tuf::RoleName& role) const {
        return folder_ / safe_file_name(role.str(), ".json");
    }

    std::filesystem::path folder_;
    FolderLock lock_;
};

}  // namespace sello::client
