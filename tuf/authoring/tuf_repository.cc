#include "tuf/authoring/tuf_repository.h"

#include <utility>

#include "tuf/authoring/role_edit.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/metadata/tuf_codec.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

[[noreturn]] void refuse(const RoleName& role, std::string_view reason) {
    throw Error(Fault::FailedPrecondition, concat("role ", role, ": ", reason));
}

void require_signable(const Root& root) {
    for (const auto& [name, signers] : root.roles) require_signable(RoleName(name), signers, root.keys);
}

void require_signable(const Targets& file) {
    const Delegations& delegations = file.delegations;
    for (const Delegation& each : delegations.roles) require_signable(each.name, each.keys, delegations.keys);
    if (delegations.succinct)
        require_signable(RoleName(delegations.succinct->name_prefix), delegations.succinct->keys, delegations.keys);
}

/// Who signs by a document that is new or was edited. What others wrote stays theirs to mend.
template <class Payload>
void require_signable(const Payload& payload, const std::optional<Signed<Payload>>& published) {
    if (!published || payload != published->payload) require_signable(payload);
}

}  // namespace

/// The files of one publish(). `repository` is left half done if one cannot be signed.
class TufRepository::Publication {
public:
    Publication(TufRepository& repository, const PrivateKeyFinder& keys, const Instant& now)
        : repository_(repository), keys_(keys), now_(now) {}

    /// Signs the document if it has to be; false if it need not. All of `signers` sign.
    template <class Payload>
    bool add(const RoleName& role, Document<Payload>& document, const std::vector<Signers>& signers,
             std::chrono::seconds life) {
        if (!is_due(role, document, signers.front())) return false;
        Json base = Json::object();
        document.payload.version = Version(1);
        if (document.published) {
            base = parse_json(document.published->bytes).at("signed");
            document.payload.version = document.published->payload.version.next();
        }
        document.payload.expires = now_ + life;
        Draft draft(Dialect::Tuf, role, tuf1::encode(document.payload, base));
        for (const Signers& each : signers) sign_draft(draft, *each.role, *each.keys, keys_);
        for (const Signers& each : signers)
            require_threshold(draft.message(), draft.signatures(), *each.role, *each.keys, role.str());
        document.published = {document.payload, draft.signatures(), draft.message(), draft.bytes()};
        const std::string version = role == timestamp_role() ? "" : concat(document.payload.version, ".");
        files.push_back({concat(version, encode_segment(role.str()), ".json"), document.published->bytes});
        return true;
    }

    template <class Payload>
    static FileMeta listing(const Document<Payload>& document) {
        FileMeta meta = describe_file(document.published->bytes);
        meta.version = document.payload.version;
        return meta;
    }

    std::vector<RepositoryFile> files;

private:
    template <class Payload>
    bool is_due(const RoleName& role, const Document<Payload>& document, const Signers& signers) const {
        if (!document.published || repository_.renewed_.contains(role)) return true;
        const Signed<Payload>& before = *document.published;
        Payload same = document.payload;
        same.version = before.payload.version;
        same.expires = before.payload.expires;
        return same != before.payload ||
               !count_signatures(before.message, before.signatures, *signers.role, *signers.keys).met();
    }

    TufRepository& repository_;
    const PrivateKeyFinder& keys_;
    const Instant& now_;
};

TufRepository::TufRepository() {
    root_.payload.consistent_snapshot = true;
    for (const RoleName* role : {&root_role(), &targets_role(), &snapshot_role(), &timestamp_role()})
        root_.payload.roles[role->str()] = {};
    files_[targets_role()] = {};
}

TufRepository::TufRepository(const TrustedMetadata& trusted)
    : root_{trusted.root().payload, trusted.root()},
      snapshot_{trusted.snapshot().payload, trusted.snapshot()},
      timestamp_{trusted.timestamp().payload, trusted.timestamp()} {
    for (const auto& [role, file] : trusted.all_targets()) files_[role] = {file.payload, file};
}

TufRepository::Signers TufRepository::top_level_signers(const RoleName& role) const {
    return {&root_.payload.role(role.str()), &root_.payload.keys};
}

std::optional<TufRepository::Signers> TufRepository::signers_of(const RoleName& role) const {
    if (is_top_level(role)) return top_level_signers(role);
    std::optional<Signers> found;
    for (const auto& [delegator, file] : files_) {
        const Delegations& delegations = file.payload.delegations;
        const RoleKeys* signers = delegations.signers_of(role);
        // Clients that keep roles by name alone take it from one on the other's word.
        if (signers != nullptr && found) refuse(role, "two roles delegate to it");
        if (signers != nullptr) found = {signers, &delegations.keys};
    }
    return found;
}

void TufRepository::add_bins() {
    constexpr std::int64_t most_bits = 16;
    std::vector<RoleName> bins;
    for (const auto& [delegator, file] : files_) {
        const auto& succinct = file.payload.delegations.succinct;
        if (!succinct) continue;
        if (succinct->bit_length < 1 || succinct->bit_length > most_bits)
            refuse(delegator, concat("bits of its bins: want 1 to ", most_bits, ", got ", succinct->bit_length));
        for (std::uint64_t i = 0; i < succinct->size(); ++i) bins.push_back(succinct->bin(i));
    }
    for (const RoleName& bin : bins) files_.try_emplace(bin);
}

std::vector<RepositoryFile> TufRepository::publish(const PrivateKeyFinder& keys, const Instant& now,
                                                   const TufLifetimes& lifetimes) {
    TufRepository next = *this;
    next.add_bins();
    require_signable(next.root_.payload, next.root_.published);
    for (const auto& [role, file] : next.files_) require_signable(file.payload, file.published);
    Publication publication(next, keys, now);
    const auto add_file = [&](const RoleName& role, Document<Targets>& file) {
        const auto signers = next.signers_of(role);
        if (!signers && file.published) return;  // stays listed: a snapshot never loses a name
        if (!signers) refuse(role, "nobody delegates to it");
        if (publication.add(role, file, {*signers}, lifetimes.targets))
            next.snapshot_.payload.meta[role.str()] = Publication::listing(file);
    };
    for (auto& [role, file] : next.files_)
        if (role != targets_role()) add_file(role, file);
    add_file(targets_role(), next.files_[targets_role()]);

    if (publication.add(snapshot_role(), next.snapshot_, {next.top_level_signers(snapshot_role())}, lifetimes.snapshot))
        next.timestamp_.payload.snapshot = Publication::listing(next.snapshot_);
    std::vector<Signers> root_signers{next.top_level_signers(root_role())};
    if (root_.published)
        root_signers.push_back({&root_.published->payload.role(root_role().str()), &root_.published->payload.keys});
    publication.add(root_role(), next.root_, root_signers, lifetimes.root);
    publication.add(timestamp_role(), next.timestamp_, {next.top_level_signers(timestamp_role())}, lifetimes.timestamp);

    next.renewed_.clear();
    *this = std::move(next);
    return std::move(publication.files);
}

}  // namespace sello::tuf
