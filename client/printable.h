#pragma once

#include <string>
#include <string_view>

namespace sello::client {

/// Text from elsewhere as it may go to a terminal: control characters (C0, DEL and, in UTF-8, C1) become `\n`, `\r`,
/// `\t` or `\x1b`; everything else stays.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace sello::client
