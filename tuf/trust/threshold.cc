#include "tuf/trust/threshold.h"

#include <algorithm>
#include <set>

#include "tuf/base/error.h"

namespace sello::tuf {
namespace {

/// Why this signature counts or does not; adds the key's material to `counted` if it does.
std::string judge(ByteView message, const Signature& signature, const RoleKeys& role, const Keys& keys,
                  std::set<ByteView>& counted) {
    if (std::find(role.keyids.begin(), role.keyids.end(), signature.keyid) == role.keyids.end())
        return "not a key of the role";
    const auto key = keys.find(signature.keyid);
    if (key == keys.end()) return "key not listed";
    const auto material = key->second.material();
    if (material && counted.contains(*material)) return "already counted";
    const Verdict verdict = verify(key->second, signature.method, message, signature.sig);
    if (verdict == Verdict::Valid) counted.insert(*material);
    return std::string(describe(verdict));
}

}  // namespace

std::string SignatureTally::str() const {
    std::string out = concat("want ", threshold, " valid signature(s), got ", valid);
    for (const Entry& entry : entries) out += concat("; ", entry.keyid.str().substr(0, 12), ": ", entry.outcome);
    return out;
}

SignatureTally count_signatures(ByteView message, const std::vector<Signature>& signatures, const RoleKeys& role,
                                const Keys& keys) {
    SignatureTally tally;
    tally.threshold = role.threshold;
    std::set<ByteView> counted;
    for (const Signature& signature : signatures) {
        if (tally.met()) break;
        tally.entries.push_back({signature.keyid, judge(message, signature, role, keys, counted)});
        tally.valid = static_cast<std::int64_t>(counted.size());
    }
    return tally;
}

void require_threshold(ByteView message, const std::vector<Signature>& signatures, const RoleKeys& role,
                       const Keys& keys, const std::string& subject) {
    if (signatures.empty()) throw Error(Fault::ThresholdNotMet, "tuf: data has no signatures");
    const SignatureTally tally = count_signatures(message, signatures, role, keys);
    if (!tally.met())
        throw Error(Fault::ThresholdNotMet,
                    concat("valid signatures did not meet threshold for ", subject, " (", tally.str(), ")"));
}

}  // namespace sello::tuf
