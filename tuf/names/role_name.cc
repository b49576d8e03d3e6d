#include "tuf/names/role_name.h"

#include <algorithm>

#include "tuf/base/error.h"

namespace sello::tuf {
namespace {

constexpr std::string_view kDelegationPrefix = "targets/";
constexpr std::size_t kMaxLength = 255;

bool is_top_level(std::string_view text) {
    return text == "root" || text == "targets" || text == "snapshot" || text == "timestamp";
}

bool is_delegation_name(std::string_view text) {
    if (!text.starts_with(kDelegationPrefix) || text.size() > kMaxLength) return false;
    if (text.ends_with('/') || text.find("//") != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '/';
    });
}

}  // namespace

bool is_role_name(const std::string& text) { return is_top_level(text) || is_delegation_name(text); }

void RoleNameTag::check(const std::string& text) {
    if (!is_role_name(text))
        throw Error(Fault::Malformed, concat("role \"", text.substr(0, 64),
                                             "\": want root, targets, snapshot, timestamp or targets/..."));
}

const RoleName& root_role() {
    static const RoleName role("root");
    return role;
}
const RoleName& targets_role() {
    static const RoleName role("targets");
    return role;
}
const RoleName& snapshot_role() {
    static const RoleName role("snapshot");
    return role;
}
const RoleName& timestamp_role() {
    static const RoleName role("timestamp");
    return role;
}

bool is_delegation(const RoleName& role) { return role.str().starts_with(kDelegationPrefix); }

bool is_targets_like(const RoleName& role) { return role == targets_role() || is_delegation(role); }

std::optional<RoleName> parent(const RoleName& role) {
    if (!is_delegation(role)) return std::nullopt;
    return RoleName(role.str().substr(0, role.str().rfind('/')));
}

}  // namespace sello::tuf
