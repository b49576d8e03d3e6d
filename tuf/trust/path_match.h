#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tuf/metadata/targets.h"

namespace sello::tuf {

/// Whether a delegation is for this target name: the one place where that is decided, for every PathRule.
[[nodiscard]] bool matches(const Delegation& delegation, const std::string& target_name);

/// True if one of the prefixes begins the name. A role without prefixes admits nothing.
[[nodiscard]] bool admits(const std::vector<std::string>& prefixes, const std::string& name);

/// TUF 1.0: pattern and name have the same number of parts between slashes, and each part matches its own. `*` is any
/// run of characters, `?` one code point, `[...]` one of a set or range and `[!...]` one outside; the rest is literal.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view target_name);

}  // namespace sello::tuf
