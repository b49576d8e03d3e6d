#pragma once

#include <optional>
#include <string>

#include "tuf/base/strong_string.h"

namespace sello::tuf {

struct RoleNameTag {
    /// `root`, `targets`, `snapshot`, `timestamp`, or a delegation: `targets/...` of `[-a-z0-9_/]`, at most 255 bytes,
    /// no empty segment. Source: Notary's rule for uploads.
    static void check(const std::string& text);
};

/// A role in the Notary dialect.
using RoleName = StrongString<RoleNameTag>;

[[nodiscard]] const RoleName& root_role();
[[nodiscard]] const RoleName& targets_role();
[[nodiscard]] const RoleName& snapshot_role();
[[nodiscard]] const RoleName& timestamp_role();

/// False rather than an exception, for names that may be anything.
[[nodiscard]] bool is_role_name(const std::string& text);
[[nodiscard]] bool is_delegation(const RoleName& role);
/// `targets` and its delegations: the roles whose files have the shape of targets.
[[nodiscard]] bool is_targets_like(const RoleName& role);
/// `targets/a` for `targets/a/b`, `targets` for `targets/a`; nullopt for the four top-level roles.
[[nodiscard]] std::optional<RoleName> parent(const RoleName& role);

}  // namespace sello::tuf
