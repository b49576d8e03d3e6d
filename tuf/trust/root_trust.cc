#include "tuf/trust/root_trust.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tuf/crypto/certificate.h"
#include "tuf/trust/refusal.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

constexpr std::string_view kNoPath = "could not validate the path to a trusted root: ";

bool names(std::string_view common_name, const Gun& gun) {
    if (!common_name.ends_with('*')) return common_name == gun.str();
    return gun.str().starts_with(common_name.substr(0, common_name.find_last_not_of('*') + 1));
}

bool lists(const RoleKeys& role, const KeyId& id) {
    return std::find(role.keyids.begin(), role.keyids.end(), id) != role.keyids.end();
}

/// Why the key cannot be one of the root role; empty if it can.
std::string flaw_of(const PublicKey& key, const Gun& gun, const Instant& now, CertificateDates dates) {
    const CertificateBundle* bundle = key.certificates();
    if (bundle == nullptr) return "is no certificate";
    if (!bundle->has_single_leading_leaf()) return "want one certificate that is no CA, before any that are";
    if (!names(bundle->leaf_common_name(), gun))
        return concat("is for \"", bundle->leaf_common_name(), "\", not for ", gun);
    if (!bundle->leaf_is_strong())
        return "is signed with SHA-1, is RSA of fewer than 2048 bits, or ends before it begins";
    if (dates == CertificateDates::Ignore) return {};
    if (!bundle->leaf_is_current(now))
        return concat("is not current: it ends at ", to_unix_date(bundle->leaf_end()), ", and it is ",
                      to_unix_date(now));
    if (!bundle->intermediates_are_sound(now)) return "a CA certificate behind it is weak or not current";
    return {};
}

/// Counts the signatures by `usable`, which are keys of `signers`' root role. Of a signature by one that was left out
/// it says why.
template <class FlawOf>
SignatureTally count_usable(const Signed<Root>& root, const RoleKeys& usable, const Root& signers, const FlawOf& flaw) {
    SignatureTally tally = count_signatures(root.message, root.signatures, usable, signers.keys);
    for (KeyOutcome& outcome : tally.keys)
        if (lists(signers.role("root"), outcome.keyid) && !lists(usable, outcome.keyid))
            outcome.reason = flaw(signers.keys.at(outcome.keyid));
    return tally;
}

Refusal unsigned_root(const Signed<Root>& root, const std::string& words, const SignatureTally& tally) {
    return {Fault::Untrusted,
            concat(words, " (", tally.str(), ")"),
            {Check::Anchor, "root", root.payload.version, concat(tally.threshold, " valid signature(s)"),
             concat(tally.valid), tally.keys}};
}

}  // namespace

RoleKeys usable_root_keys(const Root& root, const Gun& gun, const Instant& now, CertificateDates dates) {
    const RoleKeys& role = root.role("root");
    RoleKeys usable{{}, role.threshold};
    for (const KeyId& id : role.keyids)
        if (flaw_of(root.keys.at(id), gun, now, dates).empty()) usable.keyids.push_back(id);
    return usable;
}

RoleKeys require_usable_root_keys(const Root& root, const Gun& gun, const Instant& now) {
    RoleKeys usable = usable_root_keys(root, gun, now, CertificateDates::Check);
    if (!usable.keyids.empty()) return usable;
    std::vector<KeyOutcome> keys;
    std::string flaws;
    for (const KeyId& id : root.role("root").keyids) {
        keys.push_back({id, false, flaw_of(root.keys.at(id), gun, now, CertificateDates::Check)});
        flaws += concat(flaws.empty() ? "" : "; ", "key ", id.str().substr(0, 12), ": ", keys.back().reason);
    }
    throw Refusal(Fault::Untrusted, concat(kNoPath, "unable to retrieve valid leaf certificates (", flaws, ")"),
                  {Check::Anchor, "root", root.version, concat("a current certificate for ", gun), "none", keys});
}

void require_integrity(const Signed<Root>& root, const RoleKeys& usable, const Gun& gun, const Instant& now,
                       CertificateDates dates) {
    const auto tally = count_usable(root, usable, root.payload, [&](const PublicKey& key) {
        const std::string flaw = flaw_of(key, gun, now, dates);
        return flaw.empty() ? "no pin is for it" : flaw;
    });
    if (!tally.met()) throw unsigned_root(root, concat(kNoPath, "failed to validate integrity of roots"), tally);
}

void require_self_signed(const Signed<Root>& root, const Gun& gun, const Instant& now, CertificateDates dates) {
    const RoleKeys usable = dates == CertificateDates::Check ? require_usable_root_keys(root.payload, gun, now)
                                                             : usable_root_keys(root.payload, gun, now, dates);
    require_integrity(root, usable, gun, now, dates);
}

void require_signed_by_previous(const Signed<Root>& root, const Root& previous, const Gun& gun, const Instant& now) {
    const RoleKeys usable = usable_root_keys(previous, gun, now, CertificateDates::Ignore);
    const auto tally = count_usable(
        root, usable, previous, [&](const PublicKey& key) { return flaw_of(key, gun, now, CertificateDates::Ignore); });
    if (!tally.met())
        throw unsigned_root(
            root,
            "could not rotate trust to a new trusted root: failed to validate data with current trusted "
            "certificates",
            tally);
}

}  // namespace sello::tuf
