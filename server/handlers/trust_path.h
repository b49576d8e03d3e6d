#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The paths under `/v2/GUN/_trust/`. Names in them are not checked yet.
namespace sello::server {

/// `/v2/GUN/_trust/tuf/TAIL`; the GUN is as long as it can be.
struct TrustPath {
    std::string_view gun;
    std::string_view tail;  ///< may be empty
};
[[nodiscard]] std::optional<TrustPath> split_trust_path(std::string_view path);

/// What a tail names.
struct CurrentFile {
    std::string_view role;
};
struct AddressedByVersion {
    std::string_view role;
    std::string_view version;  ///< decimal digits
};
struct AddressedByChecksum {
    std::string_view role;
    std::string_view checksum;  ///< 64, 96 or 128 hex digits
};
[[nodiscard]] std::optional<AddressedByChecksum> match_checksum(std::string_view tail);
[[nodiscard]] std::optional<AddressedByVersion> match_version(std::string_view tail);
[[nodiscard]] std::optional<CurrentFile> match_current(std::string_view tail);
/// `snapshot` or `timestamp` for `snapshot.key` and `timestamp.key`.
[[nodiscard]] std::optional<std::string_view> match_key(std::string_view tail);

/// The GUN of `/v2/GUN/_trust/changefeed`.
[[nodiscard]] std::optional<std::string_view> match_changefeed(std::string_view path);

}  // namespace sello::server
