#include "tuf/trust/target_search.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <set>
#include <utility>

#include "tuf/base/error.h"
#include "tuf/trust/path_match.h"

namespace sello::tuf {
namespace {

/// A role on the walk, with each delegation above it.
struct Visit {
    RoleName role;
    std::vector<const Delegation*> above;

    [[nodiscard]] bool admits_name(const std::string& name) const {
        return std::all_of(above.begin(), above.end(), [&](const auto* each) { return matches(*each, name); });
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
    visit->above.push_back(delegation);
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
            Visit next{delegation.name, visit.above};
            next.above.push_back(&delegation);
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

/// A role still to be looked into by TUF 1.0's search.
struct Pending {
    RoleName role;
    RoleName delegator;
};

/// The delegations of `from` that are for `name`, first to last; `is_terminated` if the last one ends the search.
std::vector<Pending> matching(const Targets& from, const RoleName& delegator, const std::string& name,
                              bool& is_terminated) {
    std::vector<Pending> out;
    is_terminated = false;
    if (from.delegations.succinct) {
        out.push_back({from.delegations.succinct->bin_of(name), delegator});
        is_terminated = true;
        return out;
    }
    for (const Delegation& delegation : from.delegations.roles) {
        if (!matches(delegation, name)) continue;
        out.push_back({delegation.name, delegator});
        is_terminated = delegation.terminating;
        if (is_terminated) break;
    }
    return out;
}

}  // namespace

std::optional<FoundTarget> search_target(const std::string& name, const LoadTargets& load,
                                         std::size_t max_delegations) {
    std::vector<Pending> open{{targets_role(), root_role()}};
    std::set<RoleName> visited;
    while (!open.empty() && visited.size() <= max_delegations) {
        const Pending next = open.back();
        open.pop_back();
        if (!visited.insert(next.role).second) continue;
        const Targets& file = load(next.role, next.delegator);
        if (const auto target = file.targets.find(name); target != file.targets.end())
            return FoundTarget{name, target->second, next.role};
        bool is_terminated = false;
        const std::vector<Pending> children = matching(file, next.role, name, is_terminated);
        if (is_terminated) open.clear();
        open.insert(open.end(), children.rbegin(), children.rend());
    }
    if (std::any_of(open.begin(), open.end(), [&](const Pending& each) { return !visited.contains(each.role); }))
        throw Error(Fault::NotFound, concat("target ", name, ": not in the first ", max_delegations,
                                            " delegations that are for it, and no client looks into the others"));
    return std::nullopt;
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
