#pragma once

#include <string>

namespace sello {

/// The content of a file that the configuration names. Throws Error(Fault::BadConfiguration) that begins with `subject`
/// if it cannot be read or is empty.
[[nodiscard]] std::string read_configured_file(const std::string& subject, const std::string& path);

}  // namespace sello
