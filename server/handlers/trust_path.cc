#include "server/handlers/trust_path.h"

#include <algorithm>

namespace sello::server {
namespace {

constexpr std::string_view kPrefix = "/v2/";
constexpr std::string_view kMetadata = "/_trust/tuf/";
constexpr std::string_view kChangefeed = "/_trust/changefeed";
constexpr std::string_view kExtension = ".json";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// `root`, `targets`, `targets/...`, `snapshot`, `timestamp`: looser than the names that can be stored.
bool is_role(std::string_view text) {
    return text == "root" || text == "targets" || text == "snapshot" || text == "timestamp" ||
           text.starts_with("targets/");
}

}  // namespace

std::optional<TrustPath> split_trust_path(std::string_view path) {
    if (!path.starts_with(kPrefix)) return std::nullopt;
    const std::size_t at = path.rfind(kMetadata);
    if (at == std::string_view::npos || at <= kPrefix.size()) return std::nullopt;
    return TrustPath{path.substr(kPrefix.size(), at - kPrefix.size()), path.substr(at + kMetadata.size())};
}

std::optional<AddressedByChecksum> match_checksum(std::string_view tail) {
    if (!tail.ends_with(kExtension)) return std::nullopt;
    tail.remove_suffix(kExtension.size());
    const std::size_t dot = tail.rfind('.');
    if (dot == std::string_view::npos || !is_role(tail.substr(0, dot))) return std::nullopt;
    const std::string_view checksum = tail.substr(dot + 1);
    const bool right_length = checksum.size() == 64 || checksum.size() == 96 || checksum.size() == 128;
    if (!right_length || !std::all_of(checksum.begin(), checksum.end(), is_hex)) return std::nullopt;
    return AddressedByChecksum{tail.substr(0, dot), checksum};
}

std::optional<AddressedByVersion> match_version(std::string_view tail) {
    if (!tail.ends_with(kExtension)) return std::nullopt;
    tail.remove_suffix(kExtension.size());
    const std::size_t dot = tail.find('.');
    if (dot == std::string_view::npos || dot == 0) return std::nullopt;
    const std::string_view version = tail.substr(0, dot);
    if (!std::all_of(version.begin(), version.end(), is_digit) || !is_role(tail.substr(dot + 1))) return std::nullopt;
    return AddressedByVersion{tail.substr(dot + 1), version};
}

std::optional<CurrentFile> match_current(std::string_view tail) {
    if (!tail.ends_with(kExtension)) return std::nullopt;
    tail.remove_suffix(kExtension.size());
    if (!is_role(tail)) return std::nullopt;
    return CurrentFile{tail};
}

std::optional<std::string_view> match_key(std::string_view tail) {
    if (tail == "snapshot.key") return "snapshot";
    if (tail == "timestamp.key") return "timestamp";
    return std::nullopt;
}

std::optional<std::string_view> match_changefeed(std::string_view path) {
    if (!path.starts_with(kPrefix) || !path.ends_with(kChangefeed)) return std::nullopt;
    if (path.size() <= kPrefix.size() + kChangefeed.size()) return std::nullopt;
    return path.substr(kPrefix.size(), path.size() - kPrefix.size() - kChangefeed.size());
}

}  // namespace sello::server
