#pragma once

#include <cstdint>
#include <vector>

#include "tuf/metadata/root.h"
#include "tuf/metadata/targets.h"

/// Roles of m keys out of n, in either dialect. Each function throws Error(Fault::FailedPrecondition), and changes
/// nothing, for a role that could never be signed for or that fewer people could than it says: a threshold below 1 or
/// above the number of keys, one key under two ids, a key that cannot be decoded.
namespace sello::tuf {

/// Replaces who signs for a top-level role; keys that no role names any more are taken out.
void set_role_keys(Root& root, const RoleName& role, const std::vector<PublicKey>& keys, std::int64_t threshold);

/// Replaces who signs for a delegated role, which is added, last in priority, if it is new: `delegation` says all but
/// its keys.
void set_delegation(Delegations& delegations, Delegation delegation, const std::vector<PublicKey>& keys,
                    std::int64_t threshold);

/// Replaces all delegations by bins, for which each of these keys may sign.
void set_bins(Delegations& delegations, std::int64_t bit_length, const std::string& name_prefix,
              const std::vector<PublicKey>& keys, std::int64_t threshold);

/// The same check of a role that is there already; `keys` are those that its file lists. It changes nothing.
void require_signable(const RoleName& role, const RoleKeys& signers, const Keys& keys);

/// Takes out the keys that no delegation names.
void drop_unused_keys(Delegations& delegations);

}  // namespace sello::tuf
