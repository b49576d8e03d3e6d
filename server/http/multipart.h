#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tuf/base/bytes.h"

namespace sello::http {

struct Part {
    std::optional<std::string> filename;  ///< nullopt: no Content-Disposition, or one without a filename
    ByteView content;                     ///< within the body
};

/// The parts of a multipart body (RFC 2046 section 5.1), in order; there may be none. `content_type` is the header
/// with its boundary parameter. The body must outlive the parts.
/// Throws Error(Fault::Malformed) if the header is not multipart or lacks a boundary, or if the body is empty or cut
/// off; Error(Fault::TooLarge) past `max_parts`.
[[nodiscard]] std::vector<Part> parse_multipart(std::string_view content_type, ByteView body,
                                                std::size_t max_parts = 1000);

}  // namespace sello::http
