#include "client/tuf/metadata_directory.h"

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"

namespace sello::client {

namespace {

constexpr std::string_view kHashed = "%sha256-";  // `%s` encodes nothing

bool is_role_file(const std::string& file_name) {
    const std::string suffix = ".json";
    if (!file_name.ends_with(suffix)) return false;
    const std::string stem = file_name.substr(0, file_name.size() - suffix.size());
    if (stem.starts_with(kHashed)) return stem.size() == kHashed.size() + 64;
    const auto name = percent_decode(stem);
    return name && safe_file_name(*name, suffix) == file_name;
}

void remove_file(const std::filesystem::path& path) {
    std::error_code failure;
    std::filesystem::remove(path, failure);
    if (failure) throw Error(Fault::Storage, concat(path.string(), ": remove: ", failure.message()));
}

}  // namespace

std::string safe_file_name(const std::string& name, const std::string& suffix) {
    constexpr std::size_t longest = 200;  // file systems take 255 bytes, and a draft's name is longer
    std::string encoded = encode_segment(name);
    if (encoded.size() > longest) return concat(kHashed, tuf::sha256_hex(name), suffix);
    const bool is_folder = suffix.empty() && encoded.find_first_not_of('.') == std::string::npos;
    if (is_folder && !encoded.empty()) encoded = concat("%2E", encoded.substr(1));  // `.` and `..` are folders
    return encoded + suffix;
}

std::optional<Bytes> MetadataDirectory::load(const tuf::RoleName& role) const { return read_file(file(role)); }

void MetadataDirectory::save(const tuf::RoleName& role, ByteView bytes) const {
    try {
        if (load(role) == Bytes(bytes)) return;
    } catch (const Error& e) {
        if (e.fault() != Fault::Storage) throw;
    }
    replace_file(file(role), bytes);
}

void MetadataDirectory::remove(const tuf::RoleName& role) const { remove_file(file(role)); }

void MetadataDirectory::forget_all_but(const tuf::RoleName& kept) const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        const std::filesystem::path& path = entry.path();
        if (path == file(kept) || entry.is_directory() || !is_role_file(path.filename().string())) continue;
        remove_file(path);
    }
}

}  // namespace sello::client
