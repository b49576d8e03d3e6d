#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tuf/trust/trusted_metadata.h"

namespace sello::tuf {

struct FoundTarget {
    std::string name;
    Target target;
    RoleName role;

    friend bool operator==(const FoundTarget&, const FoundTarget&) = default;
};

/// The entry for `name`, by Notary's priority: `targets` first, then its delegations breadth first in their listed
/// order. A delegation is looked into only if the prefixes of every delegation above it admit the name. With `roles`
/// given, each is searched in turn, its subtree with it.
[[nodiscard]] std::optional<FoundTarget> find_target(const TrustedMetadata& trusted, const std::string& name,
                                                     const std::vector<RoleName>& roles = {});

/// Every name that find_target finds, sorted.
[[nodiscard]] std::map<std::string, FoundTarget> list_targets(const TrustedMetadata& trusted,
                                                              const std::vector<RoleName>& roles = {});

/// True if one of the prefixes begins the name. A role without prefixes admits nothing.
[[nodiscard]] bool admits(const std::vector<std::string>& prefixes, const std::string& name);

}  // namespace sello::tuf
