#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sello {

/// Octets, of any value. A std::string, since JSON text, HTTP bodies and SQL blobs are all handed on as one.
using Bytes = std::string;
using ByteView = std::string_view;

/// Compares in a time that depends on the lengths only.
[[nodiscard]] inline bool constant_time_equal(ByteView a, ByteView b) noexcept {
    if (a.size() != b.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
    return difference == 0;
}

/// The octets as the unsigned characters that C libraries take.
[[nodiscard]] inline const unsigned char* octets(ByteView bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
[[nodiscard]] inline unsigned char* octets(Bytes& bytes) noexcept {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace sello
