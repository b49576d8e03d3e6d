#pragma once

#include <string>
#include <vector>

namespace sello::client {

/// Left-aligned columns, four blanks apart, with a dashed line as long as each heading, as Notary's client prints them.
/// Control characters in a cell are escaped.
[[nodiscard]] std::string format_table(const std::vector<std::string>& headings,
                                       const std::vector<std::vector<std::string>>& rows);

}  // namespace sello::client
