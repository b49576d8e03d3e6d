#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tuf/trust/refusal.h"

namespace sello::client {

/// Why a document was refused, line by line: the check, the role and its version, what was expected and found, and what
/// each key was worth. Ends with a newline.
[[nodiscard]] std::string explain(const tuf::Refusal& refusal);

/// The same for programs: {"check", "role", "version", "expected", "found", "message", "keys": [{"keyid", "counted",
/// "reason"}]}. Members that are not known are left out.
[[nodiscard]] nlohmann::ordered_json explanation_json(const tuf::Refusal& refusal);

}  // namespace sello::client
