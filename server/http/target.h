#pragma once

#include <string>
#include <string_view>

#include "server/http/message.h"

namespace sello::http {

/// Splits a request target (RFC 9112 section 3.2, origin or absolute form) into path and query, and decodes the path.
/// False on a bad percent escape, a NUL, or a target that is not a path.
[[nodiscard]] bool parse_target(std::string_view target, Request& request);

/// Whether the path has no empty, `.` or `..` segments (a last empty one, after a trailing slash, is fine).
[[nodiscard]] bool is_clean_path(std::string_view path);

/// Whether the path has a `..` segment: nobody who means well sends one.
[[nodiscard]] bool climbs(std::string_view path);

/// Where a request for an unclean path that does not climb is sent: the cleaned path, encoded again, with the query.
[[nodiscard]] std::string clean_location(const Request& request);

}  // namespace sello::http
