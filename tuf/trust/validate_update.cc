#include "tuf/trust/validate_update.h"

#include <algorithm>
#include <utility>

#include "tuf/trust/freshness.h"
#include "tuf/trust/integrity.h"
#include "tuf/trust/root_trust.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

/// Runs one part's checks; an Error that leaves it is told as that part's.
template <class Checks>
void within(UpdatePart part, const Checks& checks) {
    try {
        checks();
    } catch (const UpdateError&) {
        throw;
    } catch (const Error& e) {
        throw UpdateError(part, e.fault(), e.what());
    }
}

std::ptrdiff_t depth(const RoleName& role) { return std::count(role.str().begin(), role.str().end(), '/'); }

/// Parents before children: a delegation may come together with the role that makes it.
struct ByDepth {
    bool operator()(const RoleName& a, const RoleName& b) const {
        return std::pair(depth(a), a.str()) < std::pair(depth(b), b.str());
    }
};

void require_satisfiable(const RoleKeys& keys, const std::string& role, const std::string& subject) {
    // A delegation that lost its last key stays listed without any: Notary's clients do that, and it just cannot sign.
    if (!keys.keyids.empty() && !is_satisfiable(keys))
        throw Error(Fault::Malformed, concat(role, " type metadata invalid: threshold ", keys.threshold, " of ",
                                             subject, " is above its number of keys, ", keys.keyids.size()));
}

}  // namespace

/// One run of the checks, in the order of Notary's server.
class UpdateValidation {
public:
    UpdateValidation(const Gun& gun, const StoredState& stored, const Instant& now, const UpdateLimits& limits)
        : gun_(gun), stored_(stored), now_(now), limits_(limits) {}

    ValidatedUpdate run(ParsedUpload upload) {
        uploaded_ = std::move(upload);
        within(UpdatePart::Root, [&] { check_root(); });
        within(UpdatePart::Targets, [&] { check_targets(); });
        within(UpdatePart::Snapshot, [&] { check_snapshot(); });
        return std::move(update_);
    }

private:
    std::optional<Envelope> take(const RoleName& role) {
        const auto it = uploaded_.find(role);
        if (it == uploaded_.end()) return std::nullopt;
        return std::move(it->second);
    }

    void check_root() {
        auto envelope = take(root_role());
        if (!envelope) {
            if (!stored_.root)
                throw UpdateError(UpdatePart::General, Fault::FailedPrecondition,
                                  "no pre-existing root and no root provided in update.");
            update_.root = stored_.root;
            return;
        }
        auto root = std::make_shared<Signed<Root>>(decode_root(std::move(*envelope)));
        require_same_or_next_root(root->payload.version, stored_.root ? stored_.root->payload.version : Version(1));
        for (const auto& [name, keys] : root->payload.roles) require_satisfiable(keys, "root", name);
        if (stored_.root) require_signed_by_previous(*root, stored_.root->payload, gun_, now_);
        require_self_signed(*root, gun_, now_);
        require_unexpired("root", root->payload.expires, now_);
        update_.root = std::move(root);
        update_.root_is_new = true;
    }

    void check_targets() {
        std::vector<RoleName> roles;
        for (const auto& [role, envelope] : uploaded_)
            if (is_targets_like(role)) roles.push_back(role);
        std::sort(roles.begin(), roles.end(), ByDepth());
        for (const RoleName& role : roles) check_targets_file(role);
    }

    void check_targets_file(const RoleName& role) {
        const auto above = parent(role);
        const Delegation* delegation = nullptr;
        if (above) {
            const Signed<Targets>* delegator = loaded(*above);
            if (delegator == nullptr) throw Error(Fault::FailedPrecondition, "targets must be loaded first");
            delegation = delegator->payload.delegation(role);
            if (delegation == nullptr)
                throw Error(Fault::Untrusted, concat("tuf: invalid role ", role, ". delegation does not exist"));
        }
        auto file = std::make_shared<Signed<Targets>>(decode_targets(std::move(*take(role)), role));
        const Root& root = update_.root->payload;
        const RoleKeys& keys = delegation != nullptr ? delegation->keys : root.role("targets");
        const Keys& key_bodies = delegation != nullptr ? loaded(*above)->payload.delegations.keys : root.keys;
        require_threshold(file->message, file->signatures, keys, key_bodies, role.str());
        for (const Delegation& made : file->payload.delegations.roles)
            require_satisfiable(made.keys, role.str(), made.name.str());
        const auto before = stored_.targets ? stored_.targets(role) : nullptr;
        require_bounded_step(role.str(), file->payload.version,
                             before ? std::optional(before->payload.version) : std::nullopt, limits_.max_version_step);
        require_unexpired(role.str(), file->payload.expires, now_);
        update_.targets.insert_or_assign(role, std::move(file));
    }

    /// The uploaded file of `role`, or the stored one, which is then part of what a new snapshot lists.
    const Signed<Targets>* loaded(const RoleName& role) {
        if (const auto it = update_.targets.find(role); it != update_.targets.end()) return it->second.get();
        if (const auto it = update_.ancestors.find(role); it != update_.ancestors.end()) return it->second.get();
        if (const auto above = parent(role)) (void)loaded(*above);
        auto file = stored_.targets ? stored_.targets(role) : nullptr;
        if (!file) return nullptr;
        return update_.ancestors.emplace(role, std::move(file)).first->second.get();
    }

    void check_snapshot() {
        auto envelope = take(snapshot_role());
        if (!envelope) return;
        auto snapshot = std::make_shared<Signed<Snapshot>>(decode_snapshot(std::move(*envelope)));
        const Root& root = update_.root->payload;
        require_threshold(snapshot->message, snapshot->signatures, root.role("snapshot"), root.keys, "snapshot");
        require_bounded_step("snapshot", snapshot->payload.version,
                             stored_.snapshot ? std::optional(stored_.snapshot->payload.version) : std::nullopt,
                             limits_.max_version_step);
        require_unexpired("snapshot", snapshot->payload.expires, now_);
        require_listed(*snapshot, "root", update_.root->bytes);
        for (const auto* files : {&update_.targets, &update_.ancestors})
            for (const auto& [role, file] : *files) require_listed(*snapshot, role.str(), file->bytes);
        update_.snapshot = std::move(snapshot);
    }

    static void require_listed(const Signed<Snapshot>& snapshot, const std::string& role, ByteView bytes) {
        const auto meta = snapshot.payload.meta.find(role);
        if (meta == snapshot.payload.meta.end())
            throw Error(Fault::DigestMismatch,
                        concat("no checksums for supported algorithms were provided for ", role));
        require_digests(meta->second.hashes, bytes, role);
    }

    const Gun& gun_;
    const StoredState& stored_;
    const Instant& now_;
    const UpdateLimits& limits_;
    ParsedUpload uploaded_;
    ValidatedUpdate update_;
};

ParsedUpload parse_upload(std::vector<UploadedFile> files, const JsonLimits& limits) {
    ParsedUpload upload;
    JsonLimits left = limits;
    within(UpdatePart::Envelope, [&] {
        for (UploadedFile& file : files) {
            Envelope envelope = parse_envelope(std::move(file.bytes), left);
            left.max_values -= envelope.document.values();
            if (envelope.has_unknown_members)
                throw Error(Fault::Malformed,
                            concat(file.role, ": a member beside `signed` and `signatures`, which nothing signs"));
            if (file.role != timestamp_role()) upload.insert_or_assign(file.role, std::move(envelope));
        }
    });
    return upload;
}

ValidatedUpdate validate_update(const Gun& gun, const StoredState& stored, ParsedUpload upload, const Instant& now,
                                const UpdateLimits& limits) {
    return UpdateValidation(gun, stored, now, limits).run(std::move(upload));
}

}  // namespace sello::tuf
