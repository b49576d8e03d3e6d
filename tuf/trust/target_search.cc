#include "tuf/trust/target_search.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <set>

namespace sello::tuf {
namespace {

/// A role on the walk, with the prefixes of each delegation above it.
struct Visit {
    RoleName role;
    std::vector<const std::vector<std::string>*> prefixes;

    [[nodiscard]] bool admits_name(const std::string& name) const {
        return std::all_of(prefixes.begin(), prefixes.end(), [&](const auto* of) { return admits(*of, name); });
    }
};

/// The chain of delegations from `targets` down to `role`; nullopt if one is missing.
std::optional<Visit> visit_of(const TrustedMetadata& trusted, const RoleName& role) {
    const auto above = parent(role);
    if (!above) return Visit{role, {}};
    auto visit = visit_of(trusted, *above);
    const Signed<Targets>* delegator = trusted.targets(*above);
    const Delegation* delegation = delegator != nullptr ? delegator->payload.delegation(role) : nullptr;
    if (!visit || delegation == nullptr) return std::nullopt;
    visit->role = role;
    visit->prefixes.push_back(&delegation->paths);
    return visit;
}

using Look = std::function<bool(const Visit&, const Signed<Targets>&)>;  // true: stop

/// Breadth first from `start`; subtrees of roles in `elsewhere` are left to their own turn.
bool walk(const TrustedMetadata& trusted, const RoleName& start, const std::set<RoleName>& elsewhere,
          const Look& look) {
    std::deque<Visit> open;
    if (auto first = visit_of(trusted, start)) open.push_back(std::move(*first));
    for (; !open.empty(); open.pop_front()) {
        const Visit& visit = open.front();
        const Signed<Targets>* file = trusted.targets(visit.role);
        if (file == nullptr) continue;
        if (look(visit, *file)) return true;
        for (const Delegation& delegation : file->payload.delegations.roles) {
            if (elsewhere.contains(delegation.name)) continue;
            Visit next{delegation.name, visit.prefixes};
            next.prefixes.push_back(&delegation.paths);
            open.push_back(std::move(next));
        }
    }
    return false;
}

void walk_all(const TrustedMetadata& trusted, const std::vector<RoleName>& roles, const Look& look) {
    const std::vector<RoleName> starts = roles.empty() ? std::vector{targets_role()} : roles;
    const std::set<RoleName> elsewhere(starts.begin(), starts.end());
    for (const RoleName& start : starts)
        if (walk(trusted, start, elsewhere, look)) return;
}

}  // namespace

bool admits(const std::vector<std::string>& prefixes, const std::string& name) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return name.starts_with(prefix); });
}

std::optional<FoundTarget> find_target(const TrustedMetadata& trusted, const std::string& name,
                                       const std::vector<RoleName>& roles) {
    std::optional<FoundTarget> found;
    walk_all(trusted, roles, [&](const Visit& visit, const Signed<Targets>& file) {
        const auto target = file.payload.targets.find(name);
        if (target == file.payload.targets.end() || !visit.admits_name(name)) return false;
        found = FoundTarget{name, target->second, visit.role};
        return true;
    });
    return found;
}

std::map<std::string, FoundTarget> list_targets(const TrustedMetadata& trusted, const std::vector<RoleName>& roles) {
    std::map<std::string, FoundTarget> found;
    walk_all(trusted, roles, [&](const Visit& visit, const Signed<Targets>& file) {
        for (const auto& [name, target] : file.payload.targets)
            if (visit.admits_name(name)) found.emplace(name, FoundTarget{name, target, visit.role});
        return false;
    });
    return found;
}

}  // namespace sello::tuf
