#include "tuf/authoring/draft.h"

#include <algorithm>
#include <utility>

#include "tuf/metadata/canonical_json.h"
#include "tuf/metadata/tuf_codec.h"

namespace sello::tuf {
namespace {

/// Throws unless it is a document of this role.
void require_decodable(Envelope envelope, const RoleName& role) {
    if (role == root_role())
        (void)decode_root(std::move(envelope));
    else if (role == snapshot_role())
        (void)decode_snapshot(std::move(envelope));
    else if (role == timestamp_role())
        (void)decode_timestamp(std::move(envelope));
    else
        (void)decode_targets(std::move(envelope), role);
}

bool counts(const Signature& signature, ByteView message, const RoleKeys& role_keys, const Keys& keys) {
    return count_signatures(message, {signature}, role_keys, keys, Counting::All).valid == 1;
}

}  // namespace

Draft::Draft(Dialect dialect, RoleName role, Json signed_part)
    : dialect_(dialect), role_(std::move(role)), signed_part_(std::move(signed_part)) {
    message_ = dialect == Dialect::Notary ? canonical_json(signed_part_) : olpc_json(signed_part_);
}

Draft Draft::parse(const Bytes& bytes, Dialect dialect, const RoleName& role) {
    Envelope envelope = parse_envelope(bytes, dialect);
    Json document = envelope.document.root().tree();
    Draft draft(dialect, role, std::move(document["signed"]));
    draft.signatures_ = envelope.signatures;
    require_decodable(std::move(envelope), role);
    if (dialect == Dialect::Notary) return draft;
    for (Json& entry : document["signatures"]) {
        const std::string id = entry["keyid"];
        if (!KeyIdTag::fits(id)) continue;  // the envelope passes over it too
        entry.erase("keyid");
        entry.erase("sig");
        draft.written_.emplace(KeyId(id), std::move(entry));
    }
    document.erase("signed");
    document.erase("signatures");
    draft.rest_ = std::move(document);
    return draft;
}

void Draft::add(Signature signature, const RoleKeys& role_keys, const Keys& keys) {
    std::vector<Signature> next = signatures_;
    std::erase_if(next, [&](const Signature& each) { return each.keyid == signature.keyid; });
    next.push_back(signature);
    const SignatureTally tally = count_signatures(message_, next, role_keys, keys, Counting::All);
    const KeyOutcome& outcome = tally.keys.at(next.size() - 1);
    if (!outcome.counted)
        throw Refusal(
            Fault::ThresholdNotMet,
            concat(role_, ": the signature by ", signature.keyid, " is not taken: ", outcome.reason),
            {Check::Signatures, role_.str(), {}, "a signature by a key of the role", outcome.reason, {outcome}});
    written_.erase(signature.keyid);
    signatures_ = std::move(next);
}

void Draft::drop_useless(const std::vector<std::pair<const RoleKeys*, const Keys*>>& roles) {
    std::erase_if(signatures_, [&](const Signature& each) {
        return std::none_of(roles.begin(), roles.end(),
                            [&](const auto& role) { return counts(each, message_, *role.first, *role.second); });
    });
}

SignatureTally Draft::report(const RoleKeys& role_keys, const Keys& keys) const {
    return count_signatures(message_, signatures_, role_keys, keys, Counting::All);
}

Bytes Draft::bytes() const {
    if (dialect_ == Dialect::Notary) return write_document(signed_part_, signatures_);
    return tuf1::write_document(signed_part_, signatures_, rest_, written_);
}

}  // namespace sello::tuf
