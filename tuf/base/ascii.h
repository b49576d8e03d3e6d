#pragma once

#include <algorithm>
#include <string>
#include <string_view>

/// Letters as protocols compare them, whatever the locale says.
namespace sello {

[[nodiscard]] constexpr char lower_case(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower_case(c); });
    return out;
}

[[nodiscard]] inline bool same_word(std::string_view a, std::string_view b) {
    constexpr auto lower = [](char c) { return lower_case(c); };
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace sello
