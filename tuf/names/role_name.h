#pragma once

#include <optional>
#include <string>

#include "tuf/base/strong_string.h"

namespace sello::tuf {

struct RoleNameTag {
    /// 1 to 1024 bytes: TUF 1.0 allows any name, so nothing here makes one safe as part of a path or a URL.
    static void check(const std::string& text);
};

/// A role of either dialect. Names that come in the Notary dialect pass notary_role() first.
using RoleName = StrongString<RoleNameTag>;

[[nodiscard]] const RoleName& root_role();
[[nodiscard]] const RoleName& targets_role();
[[nodiscard]] const RoleName& snapshot_role();
[[nodiscard]] const RoleName& timestamp_role();

[[nodiscard]] bool is_top_level(const RoleName& role);

/// What Notary takes for a role: `root`, `targets`, `snapshot`, `timestamp`, or a delegation: `targets/...` of
/// `[-a-z0-9_/]`, at most 255 bytes, no empty segment. Safe as a relative path. Source: Notary's rule for uploads.
[[nodiscard]] bool is_notary_role(const std::string& text);
/// Throws Error(Fault::Malformed) unless is_notary_role().
[[nodiscard]] RoleName notary_role(std::string text);
/// In the Notary dialect.
[[nodiscard]] bool is_delegation(const RoleName& role);
/// `targets` and its delegations: the roles whose files have the shape of targets.
[[nodiscard]] bool is_targets_like(const RoleName& role);
/// In the Notary dialect: `targets/a` for `targets/a/b`, `targets` for `targets/a`; nullopt for the four top-level
/// roles.
[[nodiscard]] std::optional<RoleName> parent(const RoleName& role);

}  // namespace sello::tuf
