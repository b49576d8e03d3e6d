#include "tuf/authoring/role_edit.h"

#include <algorithm>
#include <set>
#include <utility>

#include "tuf/base/error.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

[[noreturn]] void refuse(const RoleName& role, const std::string& reason) {
    throw Error(Fault::FailedPrecondition, concat("role ", role, ": ", reason));
}

RoleKeys role_keys(const RoleName& role, const std::vector<PublicKey>& keys, std::int64_t threshold) {
    RoleKeys out{{}, threshold};
    Keys listed;
    for (const PublicKey& key : keys) {
        listed.emplace(key.id(), key);
        out.keyids.push_back(key.id());
    }
    require_signable(role, out, listed);
    return out;
}

void keep_only(Keys& keys, const std::set<KeyId>& used) {
    std::erase_if(keys, [&](const auto& key) { return !used.contains(key.first); });
}

}  // namespace

void set_role_keys(Root& root, const RoleName& role, const std::vector<PublicKey>& keys, std::int64_t threshold) {
    root.roles.insert_or_assign(role.str(), role_keys(role, keys, threshold));
    for (const PublicKey& key : keys) root.keys.insert_or_assign(key.id(), key);
    std::set<KeyId> used;
    for (const auto& [name, signers] : root.roles) used.insert(signers.keyids.begin(), signers.keyids.end());
    keep_only(root.keys, used);
}

void set_delegation(Delegations& delegations, Delegation delegation, const std::vector<PublicKey>& keys,
                    std::int64_t threshold) {
    delegation.keys = role_keys(delegation.name, keys, threshold);
    for (const PublicKey& key : keys) delegations.keys.insert_or_assign(key.id(), key);
    const auto present = std::find_if(delegations.roles.begin(), delegations.roles.end(),
                                      [&](const Delegation& each) { return each.name == delegation.name; });
    if (present != delegations.roles.end())
        *present = std::move(delegation);
    else
        delegations.roles.push_back(std::move(delegation));
    drop_unused_keys(delegations);
}

void set_bins(Delegations& delegations, std::int64_t bit_length, const std::string& name_prefix,
              const std::vector<PublicKey>& keys, std::int64_t threshold) {
    SuccinctRoles bins{role_keys(RoleName(name_prefix), keys, threshold), bit_length, name_prefix};
    delegations = {};
    for (const PublicKey& key : keys) delegations.keys.insert_or_assign(key.id(), key);
    delegations.succinct = std::move(bins);
}

void require_signable(const RoleName& role, const RoleKeys& signers, const Keys& keys) {
    std::set<ByteView> materials;
    for (const KeyId& id : signers.keyids) {
        const auto key = keys.find(id);
        if (key == keys.end()) refuse(role, concat("key ", id, " is not listed"));
        const auto material = key->second.material();
        if (!material) refuse(role, concat("key ", id, " cannot be decoded"));
        if (!materials.insert(*material).second) refuse(role, concat("key ", id, " is given twice"));
    }
    if (!is_satisfiable(signers))
        refuse(role,
               concat("threshold: want 1 to ", signers.keyids.size(), ", its number of keys, got ", signers.threshold));
}

void drop_unused_keys(Delegations& delegations) {
    std::set<KeyId> used;
    for (const Delegation& each : delegations.roles) used.insert(each.keys.keyids.begin(), each.keys.keyids.end());
    if (delegations.succinct)
        used.insert(delegations.succinct->keys.keyids.begin(), delegations.succinct->keys.keyids.end());
    keep_only(delegations.keys, used);
}

}  // namespace sello::tuf
