#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tuf/metadata/file_meta.h"
#include "tuf/metadata/root.h"
#include "tuf/names/role_name.h"

namespace sello::tuf {

/// A named entry: for images, a tag and its manifest.
struct Target {
    std::int64_t length = 0;
    Hashes hashes;
    std::optional<Json> custom;  ///< opaque

    friend bool operator==(const Target&, const Target&) = default;
};

/// A targets role trusted for given names and keys.
struct Delegation {
    RoleName name;
    RoleKeys keys;
    std::vector<std::string> paths;  ///< prefixes of target names; "" stands for all

    friend bool operator==(const Delegation&, const Delegation&) = default;
};

struct Delegations {
    Keys keys;
    std::vector<Delegation> roles;  ///< in order of priority

    friend bool operator==(const Delegations&, const Delegations&) = default;
};

/// The file of `targets` or of a delegation.
struct Targets {
    Version version{1};
    Instant expires;
    std::map<std::string, Target> targets;
    Delegations delegations;

    /// Null if this role does not delegate to `name`.
    [[nodiscard]] const Delegation* delegation(const RoleName& name) const {
        for (const Delegation& candidate : delegations.roles)
            if (candidate.name == name) return &candidate;
        return nullptr;
    }
    friend bool operator==(const Targets&, const Targets&) = default;
};

}  // namespace sello::tuf
