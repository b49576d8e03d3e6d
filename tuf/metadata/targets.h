#pragma once

#include <cstdint>
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

/// The entry for this content: length, SHA-256 and SHA-512.
[[nodiscard]] Target describe_target(ByteView content);

/// How a delegation says which target names it is for.
enum class PathRule {
    Prefixes,      ///< Notary: the name begins with one; "" stands for all
    Patterns,      ///< TUF 1.0: `*`, `?` and `[...]` within the parts between slashes
    HashPrefixes,  ///< TUF 1.0: lower-case hex that the SHA-256 of the name begins with
};

/// A targets role trusted for given names and keys.
struct Delegation {
    RoleName name;
    RoleKeys keys;
    std::vector<std::string> paths;
    PathRule rule = PathRule::Prefixes;
    bool terminating = false;  ///< a name that it is for is looked for nowhere else

    friend bool operator==(const Delegation&, const Delegation&) = default;
};

/// TAP 15: 2^bit_length roles, PREFIX-0 to PREFIX-f..., each for the target names whose SHA-256 begins with its bits.
struct SuccinctRoles {
    RoleKeys keys;
    std::int64_t bit_length = 1;  ///< 1 to 32
    std::string name_prefix;

    /// How many bins there are.
    [[nodiscard]] std::uint64_t size() const { return std::uint64_t{1} << static_cast<unsigned>(bit_length); }
    /// The role of one; `number` is below size().
    [[nodiscard]] RoleName bin(std::uint64_t number) const;
    /// The role for this target name.
    [[nodiscard]] RoleName bin_of(const std::string& target_name) const;
    [[nodiscard]] bool is_bin(const RoleName& role) const;
    friend bool operator==(const SuccinctRoles&, const SuccinctRoles&) = default;
};

struct Delegations {
    Keys keys;
    std::vector<Delegation> roles;  ///< in order of priority; empty beside `succinct`
    std::optional<SuccinctRoles> succinct;

    /// Who signs for `role`; null if it is not delegated to.
    [[nodiscard]] const RoleKeys* signers_of(const RoleName& role) const;
    friend bool operator==(const Delegations&, const Delegations&) = default;
};

/// The file of `targets` or of a delegation.
struct Targets {
    Version version{1};
    Instant expires;
    std::map<std::string, Target> targets;
    Delegations delegations;

    /// Null if this role does not delegate to `name`, or only as one of many bins.
    [[nodiscard]] const Delegation* delegation(const RoleName& name) const {
        for (const Delegation& candidate : delegations.roles)
            if (candidate.name == name) return &candidate;
        return nullptr;
    }
    friend bool operator==(const Targets&, const Targets&) = default;
};

}  // namespace sello::tuf
