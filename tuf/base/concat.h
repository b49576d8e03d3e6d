#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace sello {

namespace detail {
template <class T>
void append(std::string& out, const T& piece) {
    if constexpr (requires { piece.str(); }) {
        out += piece.str();
    } else if constexpr (std::convertible_to<T, std::string_view>) {
        out += std::string_view(piece);
    } else if constexpr (std::same_as<T, char>) {
        out += piece;
    } else {
        out += std::to_string(piece);
    }
}
}  // namespace detail

/// One string of all the pieces: text, numbers, and anything with str(). For messages.
template <class... Pieces>
[[nodiscard]] std::string concat(const Pieces&... pieces) {
    std::string out;
    (detail::append(out, pieces), ...);
    return out;
}

}  // namespace sello
