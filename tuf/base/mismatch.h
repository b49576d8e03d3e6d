#pragma once

#include <string>
#include <string_view>

#include "tuf/base/error.h"

namespace sello {

/// As much of a text from outside as a message shows: at most 64 bytes, no character of UTF-8 cut in two.
[[nodiscard]] inline std::string_view head(std::string_view text) {
    constexpr std::size_t most = 64;
    if (text.size() <= most) return text;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
    return text.substr(0, end);
}

/// A document that says one thing where another is wanted. What explains refusals (trust/refusal.h) tells the two apart
/// from the message.
class Mismatch : public Error {
public:
    Mismatch(Fault fault, const std::string& message, std::string_view expected, std::string_view found)
        : Error(fault, message), expected_(expected), found_(found) {}
    [[nodiscard]] const std::string& expected() const noexcept { return expected_; }
    [[nodiscard]] const std::string& found() const noexcept { return found_; }

private:
    std::string expected_;
    std::string found_;
};

}  // namespace sello
