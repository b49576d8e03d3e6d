#pragma once

#include <string_view>

namespace sello::tuf {

/// Whether a UTF-8 text is in Unicode's normal form C, in which readers that normalise see the bytes that were signed.
/// False for characters that Unicode 15 does not know yet: a later version may compose them.
[[nodiscard]] bool is_nfc(std::string_view text);

}  // namespace sello::tuf
