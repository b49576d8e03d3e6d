#pragma once

#include <map>
#include <string>
#include <vector>

#include "tuf/base/instant.h"
#include "tuf/crypto/public_key.h"
#include "tuf/names/version.h"

namespace sello::tuf {

using Keys = std::map<KeyId, PublicKey>;

/// What a threshold may be at all. Whether it can be met is another question: is_satisfiable() in trust/threshold.h.
[[nodiscard]] constexpr bool is_threshold(std::int64_t number) noexcept { return number >= 1; }

/// Who may sign for a role, and how many of them must.
struct RoleKeys {
    std::vector<KeyId> keyids;
    std::int64_t threshold = 1;

    friend bool operator==(const RoleKeys&, const RoleKeys&) = default;
};

/// Keys and thresholds of the top-level roles.
struct Root {
    Version version{1};
    Instant expires;
    bool consistent_snapshot = false;
    Keys keys;
    std::map<std::string, RoleKeys> roles;  ///< the four top-level roles are always there; others may be

    [[nodiscard]] const RoleKeys& role(const std::string& name) const { return roles.at(name); }
    friend bool operator==(const Root&, const Root&) = default;
};

}  // namespace sello::tuf
