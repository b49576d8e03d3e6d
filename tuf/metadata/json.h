#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "tuf/base/bytes.h"

namespace sello::tuf {

using Json = nlohmann::json;

/// Bounds on a JSON text, checked while it is read: nothing past them is ever held in memory.
struct JsonLimits {
    std::size_t max_depth = 32;
    std::size_t max_signatures = 256;  ///< elements of the top-level member `signatures`
    /// Values of any kind, since a tree takes many times the memory of its text: 100,000 targets have about 700,000.
    std::size_t max_values = 2'000'000;
};

/// Parses JSON (RFC 8259, UTF-8) strictly: duplicate member names, invalid UTF-8, lone surrogates, and anything but
/// white space after the value are refused. Throws Error(Fault::Malformed), or Fault::TooLarge past a limit.
[[nodiscard]] Json parse_json(ByteView text, const JsonLimits& limits = {});

/// An integer of more than 64 bits is kept by its digits, which nlohmann's own types cannot: parse_json gives it as a
/// binary value. What is read as a number by any other means refuses it.
[[nodiscard]] bool is_long_integer(const Json& value);
[[nodiscard]] std::string long_integer_text(const Json& value);

}  // namespace sello::tuf
