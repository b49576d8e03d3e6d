#pragma once

#include <functional>
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

/// Gives the verified file of `role` on the word of `delegator`; throws if it cannot be had or trusted.
using LoadTargets = std::function<const Targets&(const RoleName& role, const RoleName& delegator)>;

/// Delegations that one search looks into at most, in TUF 1.0.
inline constexpr std::size_t kMaxSearchedDelegations = 32;

/// The entry for `name` by TUF 1.0's search: preorder, depth first, in the listed order; a terminating delegation that
/// is for the name ends the search with its own subtree. Roles are loaded as they are come to, each at most once; one
/// that cannot be loaded fails the search. Throws Error(Fault::NotFound) where the limit leaves roles unsearched.
/// Source: TUF specification, section 5.6.7.
[[nodiscard]] std::optional<FoundTarget> search_target(const std::string& name, const LoadTargets& load,
                                                       std::size_t max_delegations = kMaxSearchedDelegations);

}  // namespace sello::tuf
