#include "tuf/authoring/repository_editor.h"

#include <algorithm>
#include <utility>

#include "tuf/authoring/role_edit.h"
#include "tuf/base/error.h"
#include "tuf/trust/path_match.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

[[noreturn]] void invalid_role(const RoleName& role, std::string_view reason) {
    throw Error(Fault::FailedPrecondition, concat("tuf: invalid role ", role, ". ", reason));
}

[[noreturn]] void missing_keys(const RoleName& role, const RoleKeys& role_keys, const Keys& keys) {
    std::string ids;
    for (const KeyId& id : role_keys.keyids) ids += (ids.empty() ? "" : ", ") + keys.at(id).canonical_id().str();
    throw Error(
        Fault::NotFound,
        concat(role, ": could not find necessary signing keys, at least one of these keys must be available: ", ids));
}

template <class T>
void remove_value(std::vector<T>& from, const T& value) {
    from.erase(std::remove(from.begin(), from.end(), value), from.end());
}

}  // namespace

void sign_draft(Draft& draft, const RoleKeys& role_keys, const Keys& keys, const PrivateKeyFinder& finder) {
    for (const KeyId& id : role_keys.keyids) {
        if (draft.report(role_keys, keys).met()) return;
        const auto key = keys.find(id);
        if (key == keys.end()) continue;
        if (auto signature = finder(draft.role(), key->second, draft.message()))
            draft.add(std::move(*signature), role_keys, keys);
    }
}

std::optional<Bytes> sign_document(const Json& payload, const RoleName& role, const RoleKeys& role_keys,
                                   const Keys& keys, const PrivateKeyFinder& finder) {
    Draft draft(Dialect::Notary, role, payload);
    sign_draft(draft, role_keys, keys, finder);
    if (!draft.report(role_keys, keys).met()) return std::nullopt;
    return draft.bytes();
}

RepositoryEditor::RepositoryEditor(const TrustedMetadata& trusted)
    : gun_(trusted.gun()), root_(trusted.root()), is_published_(true), snapshot_(trusted.snapshot().payload) {
    for (const auto& [role, file] : trusted.all_targets())
        targets_.emplace(role, Edited{file.payload, file.bytes, false, false});
}

RepositoryEditor::RepositoryEditor(Gun gun, Signed<Root> root, Targets targets, std::optional<Snapshot> snapshot)
    : gun_(std::move(gun)), root_(std::move(root)), is_published_(false), snapshot_(std::move(snapshot)) {
    targets_.emplace(targets_role(), Edited{std::move(targets), {}, true, false});
}

RepositoryEditor::Edited* RepositoryEditor::find(const RoleName& role) {
    const auto file = targets_.find(role);
    return file == targets_.end() ? nullptr : &file->second;
}

Delegation& RepositoryEditor::require_delegation(const RoleName& role) {
    const auto above = parent(role);
    if (!above) invalid_role(role, "it is no delegation");
    Edited* delegator = find(*above);
    if (delegator != nullptr)
        for (Delegation& delegation : delegator->file.delegations.roles)
            if (delegation.name == role) return delegation;
    invalid_role(role, "delegation does not exist");
}

RepositoryEditor::Edited& RepositoryEditor::require_file(const RoleName& role) {
    if (Edited* file = find(role)) return *file;
    (void)require_delegation(role);
    if (untrusted_.contains(role))
        invalid_role(role, "what is published of it is expired or not properly signed; witness it first");
    return targets_.emplace(role, Edited{{}, {}, true, true}).first->second;
}

void RepositoryEditor::add_target(const RoleName& role, const std::string& name, Target target) {
    if (is_delegation(role) && !admits(require_delegation(role).paths, name))
        throw Error(Fault::FailedPrecondition,
                    concat(role, ": may not sign for ", name, ": no path of it begins the name"));
    Edited& edited = require_file(role);
    const auto present = edited.file.targets.find(name);
    if (present != edited.file.targets.end() && present->second == target) return;
    edited.file.targets.insert_or_assign(name, std::move(target));
    edited.dirty = true;
}

void RepositoryEditor::remove_target(const RoleName& role, const std::string& name) {
    Edited* edited = find(role);
    if (edited != nullptr && edited->file.targets.erase(name) != 0) edited->dirty = true;
}

void RepositoryEditor::apply(Delegations& delegations, Delegation& delegation, const DelegationEdit& edit) const {
    if (edit.threshold) delegation.keys.threshold = *edit.threshold;
    for (const PublicKey& key : edit.add_keys) {
        delegations.keys.emplace(key.id(), key);
        auto& ids = delegation.keys.keyids;
        if (std::find(ids.begin(), ids.end(), key.id()) == ids.end()) ids.push_back(key.id());
    }
    for (const std::string& canonical : edit.remove_keys)
        std::erase_if(delegation.keys.keyids, [&](const KeyId& id) {
            return delegations.keys.at(id).canonical_id().str() == canonical || id.str() == canonical;
        });
    if (edit.clear_paths) delegation.paths.clear();
    for (const std::string& path : edit.remove_paths) remove_value(delegation.paths, path);
    for (const std::string& path : edit.add_paths)
        if (std::find(delegation.paths.begin(), delegation.paths.end(), path) == delegation.paths.end())
            delegation.paths.push_back(path);
    std::sort(delegation.paths.begin(), delegation.paths.end());
    drop_unused_keys(delegations);
}

void RepositoryEditor::add_delegation(const RoleName& role, const DelegationEdit& edit) {
    const auto above = parent(role);
    if (!above) invalid_role(role, "invalid delegation role name");
    Edited& delegator = require_file(*above);
    if (is_delegation(*above)) {
        const auto& allowed = require_delegation(*above).paths;
        for (const std::string& path : edit.add_paths)
            if (!admits(allowed, path)) invalid_role(role, "invalid paths to add to role");
    }
    if (delegator.file.delegation(role) == nullptr) {
        if (edit.add_keys.empty()) invalid_role(role, "a new delegation needs a key");
        delegator.file.delegations.roles.push_back(
            {role, {{}, edit.threshold.value_or(1)}, {}, PathRule::Prefixes, false});
    }
    apply(delegator.file.delegations, require_delegation(role), edit);
    delegator.dirty = true;
}

void RepositoryEditor::update_delegation(const RoleName& role, const DelegationEdit& edit) {
    Delegation& delegation = require_delegation(role);
    Edited& delegator = *find(*parent(role));
    apply(delegator.file.delegations, delegation, edit);
    delegator.dirty = true;
}

void RepositoryEditor::remove_delegation(const RoleName& role) {
    (void)require_delegation(role);
    Edited& delegator = *find(*parent(role));
    std::erase_if(delegator.file.delegations.roles, [&](const Delegation& each) { return each.name == role; });
    drop_unused_keys(delegator.file.delegations);
    delegator.dirty = true;
    targets_.erase(role);
    untrusted_.erase(role);
}

void RepositoryEditor::purge_keys(const std::vector<std::string>& canonical_ids) {
    DelegationEdit edit;
    edit.remove_keys = canonical_ids;
    for (auto& [role, edited] : targets_) {
        const Delegations before = edited.file.delegations;
        for (Delegation& delegation : edited.file.delegations.roles) apply(edited.file.delegations, delegation, edit);
        edited.dirty = edited.dirty || edited.file.delegations != before;
    }
}

void RepositoryEditor::keep_untrusted(const RoleName& role, Targets file) {
    untrusted_.insert_or_assign(role, std::move(file));
}

void RepositoryEditor::witness(const RoleName& role) {
    if (!is_targets_like(role)) throw Error(Fault::FailedPrecondition, concat("scope not supported: ", role));
    if (const auto untrusted = untrusted_.find(role); untrusted != untrusted_.end()) {
        (void)require_delegation(role);
        targets_.emplace(role, Edited{std::move(untrusted->second), {}, true, false});
        untrusted_.erase(untrusted);
        return;
    }
    Edited* edited = find(role);
    if (edited == nullptr) invalid_role(role, "this role is not known");
    edited->dirty = true;
}

RepositoryEditor::Signers RepositoryEditor::signers_of(const RoleName& role) const {
    const auto above = parent(role);
    if (!above) return {&root_.payload.role(role.str()), &root_.payload.keys};
    const Delegations& delegations = targets_.at(*above).file.delegations;
    const RoleKeys* signers = delegations.signers_of(role);
    if (signers == nullptr) invalid_role(role, "delegation does not exist");
    return {signers, &delegations.keys};
}

std::vector<Draft> RepositoryEditor::drafts(const PrivateKeyFinder& keys, const Instant& now,
                                            const PublisherLifetimes& lifetimes) const {
    std::vector<Draft> drafts;
    for (const auto& [role, edited] : targets_) {
        if (!edited.dirty) continue;
        Targets file = edited.file;
        if (!edited.is_new) file.version = file.version.next();
        file.expires = now + lifetimes.targets;
        drafts.emplace_back(Dialect::Notary, role, to_json(file));
        const Signers signers = signers_of(role);
        sign_draft(drafts.back(), *signers.role, *signers.keys, keys);
    }
    return drafts;
}

std::vector<UploadedFile> RepositoryEditor::finish(const std::vector<Draft>& drafts, const PrivateKeyFinder& keys,
                                                   const Instant& now, const PublisherLifetimes& lifetimes) const {
    std::vector<UploadedFile> uploads;
    if (!is_published_) uploads.push_back({root_role(), root_.bytes});
    std::map<RoleName, Bytes> current;
    for (const auto& [role, edited] : targets_)
        if (!edited.dirty) current.emplace(role, edited.bytes);
    for (const Draft& draft : drafts) {
        const Signers signers = signers_of(draft.role());
        require_threshold(draft.message(), draft.signatures(), *signers.role, *signers.keys, draft.role().str());
        Bytes bytes = draft.bytes();
        current.insert_or_assign(draft.role(), bytes);
        uploads.push_back({draft.role(), std::move(bytes)});
    }
    if (auto snapshot = sign_snapshot(keys, now + lifetimes.snapshot, current))
        uploads.push_back({snapshot_role(), std::move(*snapshot)});
    return uploads;
}

std::vector<UploadedFile> RepositoryEditor::sign(const PrivateKeyFinder& keys, const Instant& now,
                                                 const PublisherLifetimes& lifetimes) const {
    const std::vector<Draft> signed_drafts = drafts(keys, now, lifetimes);
    for (const Draft& draft : signed_drafts) {
        const Signers signers = signers_of(draft.role());
        if (!draft.report(*signers.role, *signers.keys).met()) missing_keys(draft.role(), *signers.role, *signers.keys);
    }
    return finish(signed_drafts, keys, now, lifetimes);
}

std::optional<Bytes> RepositoryEditor::sign_snapshot(const PrivateKeyFinder& keys, const Instant& expires,
                                                     const std::map<RoleName, Bytes>& files) const {
    Snapshot next;
    if (snapshot_) {
        next = *snapshot_;
        next.version = snapshot_->version.next();
    }
    next.expires = expires;
    next.meta.insert_or_assign("root", describe_file(root_.bytes));
    for (const auto& [role, bytes] : files) next.meta.insert_or_assign(role.str(), describe_file(bytes));
    std::erase_if(next.meta, [&](const auto& listed) {
        if (!is_notary_role(listed.first)) return true;
        const RoleName role(listed.first);
        const auto above = parent(role);
        if (!above || files.contains(role)) return false;
        const auto delegator = targets_.find(*above);
        return delegator != targets_.end() && delegator->second.file.delegation(role) == nullptr;
    });
    return sign_document(to_json(next), snapshot_role(), root_.payload.role("snapshot"), root_.payload.keys, keys);
}

}  // namespace sello::tuf
