#include "tuf/names/role_name.h"

#include <algorithm>
#include <utility>

#include "tuf/base/mismatch.h"

namespace sello::tuf {
namespace {

constexpr std::string_view kDelegationPrefix = "targets/";
constexpr std::string_view kNotaryRoles = "root, targets, snapshot, timestamp or targets/...";
constexpr std::size_t kMaxNotaryLength = 255;
constexpr std::size_t kMaxLength = 1024;

bool is_top_level_name(std::string_view text) {
    return text == "root" || text == "targets" || text == "snapshot" || text == "timestamp";
}

bool is_delegation_name(std::string_view text) {
    if (!text.starts_with(kDelegationPrefix) || text.size() > kMaxNotaryLength) return false;
    if (text.ends_with('/') || text.find("//") != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '/';
    });
}

}  // namespace

void RoleNameTag::check(const std::string& text) {
    if (text.empty() || text.size() > kMaxLength)
        throw Mismatch(Fault::Malformed, concat("role name: want 1 to ", kMaxLength, " bytes, got ", text.size()),
                       concat("1 to ", kMaxLength, " bytes"), concat(text.size()));
}

bool is_top_level(const RoleName& role) { return is_top_level_name(role.str()); }

bool is_notary_role(const std::string& text) { return is_top_level_name(text) || is_delegation_name(text); }

RoleName notary_role(std::string text) {
    if (!is_notary_role(text))
        throw Mismatch(Fault::Malformed, concat("role \"", head(text), "\": want ", kNotaryRoles), kNotaryRoles,
                       concat("\"", head(text), "\""));
    return RoleName(std::move(text));
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
