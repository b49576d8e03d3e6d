#include "client/tuf/metadata_directory.h"

#include "client/remote/url.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"

namespace sello::client {

std::string safe_file_name(const std::string& name, const std::string& suffix) {
    constexpr std::size_t longest = 200;  // file systems take 255 bytes, and a draft's name is longer
    std::string encoded = encode_segment(name);
    if (encoded.size() > longest) return concat("sha256-", tuf::sha256_hex(name), suffix);
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

void MetadataDirectory::remove(const tuf::RoleName& role) const {
    std::error_code failure;
    std::filesystem::remove(file(role), failure);
    if (failure) throw Error(Fault::Storage, concat(file(role).string(), ": ", failure.message()));
}

}  // namespace sello::client
