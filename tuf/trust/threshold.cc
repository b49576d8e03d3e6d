#include "tuf/trust/threshold.h"

#include <algorithm>
#include <set>

namespace sello::tuf {
namespace {

/// Whether this signature counts, or why not; adds the key's material to `counted` if it does.
KeyOutcome judge(ByteView message, const Signature& signature, const RoleKeys& role, const Keys& keys,
                 std::set<ByteView>& counted) {
    if (std::find(role.keyids.begin(), role.keyids.end(), signature.keyid) == role.keyids.end())
        return {signature.keyid, false, "not a key of the role"};
    const auto key = keys.find(signature.keyid);
    if (key == keys.end()) return {signature.keyid, false, "key not listed"};
    const auto material = key->second.material();
    if (material && counted.contains(*material)) return {signature.keyid, false, "already counted"};
    const Verdict verdict = verify(key->second, signature.method, message, signature.sig);
    const bool counts = verdict == Verdict::Valid;
    if (counts) counted.insert(*material);
    return {signature.keyid, counts, std::string(describe(verdict))};
}

bool signed_by(const std::vector<Signature>& signatures, const KeyId& id) {
    return std::any_of(signatures.begin(), signatures.end(), [&](const Signature& each) { return each.keyid == id; });
}

}  // namespace

std::string SignatureTally::str() const {
    std::string out = concat("want ", threshold, " valid signature(s), got ", valid);
    for (const KeyOutcome& key : keys) out += concat("; ", key.keyid.str().substr(0, 12), ": ", key.reason);
    return out;
}

bool is_satisfiable(const RoleKeys& role) {
    return is_threshold(role.threshold) && role.threshold <= static_cast<std::int64_t>(role.keyids.size());
}

SignatureTally count_signatures(ByteView message, const std::vector<Signature>& signatures, const RoleKeys& role,
                                const Keys& keys, Counting counting) {
    SignatureTally tally;
    tally.threshold = role.threshold;
    std::set<ByteView> counted;
    for (const Signature& signature : signatures) {
        if (tally.met() && counting == Counting::UntilMet) return tally;
        tally.keys.push_back(judge(message, signature, role, keys, counted));
        tally.valid = static_cast<std::int64_t>(counted.size());
    }
    for (const KeyId& id : role.keyids)
        if (!signed_by(signatures, id)) tally.keys.push_back({id, false, "has not signed"});
    return tally;
}

void require_threshold(ByteView message, const std::vector<Signature>& signatures, const RoleKeys& role,
                       const Keys& keys, const std::string& subject) {
    const SignatureTally tally = count_signatures(message, signatures, role, keys);
    if (tally.met()) return;
    const std::string text =
        signatures.empty() ? std::string("tuf: data has no signatures")
                           : concat("valid signatures did not meet threshold for ", subject, " (", tally.str(), ")");
    throw Refusal(Fault::ThresholdNotMet, text,
                  {Check::Signatures,
                   subject,
                   {},
                   concat(tally.threshold, " distinct keys of the role"),
                   concat(tally.valid, " valid"),
                   tally.keys});
}

}  // namespace sello::tuf
