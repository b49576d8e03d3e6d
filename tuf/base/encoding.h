#pragma once

#include <optional>
#include <string>

#include "tuf/base/bytes.h"

namespace sello {

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// Strict: an even number of hex digits of either case and nothing else; else nullopt.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);

/// RFC 4648 section 4: standard alphabet with padding.
[[nodiscard]] std::string to_base64(ByteView bytes);
/// Strict: padded, canonical (no stray bits), no white space; else nullopt.
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);

/// RFC 4648 section 5, without padding, as JOSE uses it.
[[nodiscard]] std::string to_base64url(ByteView bytes);
[[nodiscard]] std::optional<Bytes> from_base64url(std::string_view text);

/// RFC 3986 section 2.1, upper-case digits: every byte but letters, digits and those in `allowed`.
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view allowed);
/// Every byte but `A-Z a-z 0-9 - . _ ~`, so that the text is one segment of a path, or one file's name.
[[nodiscard]] std::string encode_segment(std::string_view text);
/// The reverse of both; nullopt if a `%` is not followed by two hex digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

}  // namespace sello
