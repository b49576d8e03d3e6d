#include "tuf/trust/pinning.h"

#include <algorithm>
#include <utility>

#include "tuf/base/error.h"
#include "tuf/crypto/certificate.h"
#include "tuf/trust/root_trust.h"

namespace sello::tuf {
namespace {

/// The entry whose key, less its last `suffix` bytes, is the longest prefix of the GUN.
template <class Pins, class Counts>
auto longest_prefix(Pins& pins, const Gun& gun, std::size_t suffix, const Counts& counts) {
    auto best = pins.end();
    for (auto each = pins.begin(); each != pins.end(); ++each) {
        if (!counts(each->first) || !gun.str().starts_with(each->first.substr(0, each->first.size() - suffix)))
            continue;
        if (best == pins.end() || each->first.size() > best->first.size()) best = each;
    }
    return best;
}

const std::vector<std::string>* pinned_certificates(const TrustPinning& pinning, const Gun& gun) {
    if (const auto exact = pinning.certificates.find(gun.str()); exact != pinning.certificates.end())
        return &exact->second;
    const auto best =
        longest_prefix(pinning.certificates, gun, 1, [](const std::string& key) { return key.ends_with('*'); });
    return best == pinning.certificates.end() ? nullptr : &best->second;
}

template <class Authorities>
auto pinned_authority(Authorities& authorities, const Gun& gun) {
    const auto best = longest_prefix(authorities, gun, 0, [](const std::string&) { return true; });
    return best == authorities.end() ? nullptr : &best->second;
}

[[noreturn]] void refuse(Fault fault, const std::string& reason) {
    throw Error(fault, concat("could not validate the path to a trusted root: ", reason));
}

[[noreturn]] void refuse_pins(const std::string& why) {
    refuse(Fault::Untrusted, concat("unable to match any certificates to trust_pinning config (", why, ")"));
}

RoleKeys keep_pinned(const RoleKeys& usable, const std::vector<std::string>& pins) {
    RoleKeys kept{{}, usable.threshold};
    std::string seen;
    for (const KeyId& id : usable.keyids) {
        if (std::find(pins.begin(), pins.end(), id.str()) != pins.end()) kept.keyids.push_back(id);
        seen += concat(" ", id);
    }
    if (kept.keyids.empty())
        refuse_pins(concat("the root has", seen, "; if the publisher confirms it, add it to trust_pinning.certs"));
    return kept;
}

RoleKeys keep_vouched_for(const RoleKeys& usable, const Keys& keys, const PinnedAuthority& authority,
                          const Instant& now) {
    const auto bundle = AuthorityBundle::parse(authority.bundle, now);
    if (!bundle)
        refuse(Fault::BadConfiguration, concat("could not load root cert from CA path: ", authority.file,
                                               ": want PEM blocks of type CERTIFICATE and no others"));
    if (bundle->empty())
        refuse(Fault::BadConfiguration,
               concat("invalid CA certs provided: none of those in ", authority.file,
                      " is current, not signed with SHA-1, and of 2048 bits or more if it is RSA"));
    RoleKeys kept{{}, usable.threshold};
    std::string reasons;
    for (const KeyId& id : usable.keyids) {
        const std::string reason = bundle->refusal(*keys.at(id).certificates(), now);
        if (reason.empty()) kept.keyids.push_back(id);
        reasons += concat(reasons.empty() ? "" : "; ", "key ", id, ": ", reason);
    }
    if (kept.keyids.empty()) refuse_pins(concat("authorities: ", authority.file, "; ", reasons));
    return kept;
}

RoleKeys keep_allowed(const RoleKeys& usable, const Keys& keys, const Gun& gun, const TrustPinning& pinning,
                      const Instant& now) {
    if (const auto* pins = pinned_certificates(pinning, gun)) return keep_pinned(usable, *pins);
    if (const auto* authority = pinned_authority(pinning.authorities, gun))
        return keep_vouched_for(usable, keys, *authority, now);
    if (!pinning.trust_on_first_use)
        refuse(Fault::Untrusted, concat("invalid trust pinning specified (nothing in trust_pinning is for ", gun,
                                        ", and disable_tofu is set)"));
    return usable;
}

}  // namespace

PinnedAuthority* find_authority(TrustPinning& pinning, const Gun& gun) {
    return pinned_certificates(pinning, gun) != nullptr ? nullptr : pinned_authority(pinning.authorities, gun);
}

void require_pinned(const Signed<Root>& root, const Gun& gun, const TrustPinning& pinning, const Instant& now) {
    const RoleKeys usable = require_usable_root_keys(root.payload, gun, now);
    require_integrity(root, keep_allowed(usable, root.payload.keys, gun, pinning, now));
}

void require_pinned_after_expiry(const Signed<Root>& root, const Gun& gun, TrustPinning pinning, const Instant& now) {
    pinning.trust_on_first_use = true;
    require_pinned(root, gun, pinning, now);
}

}  // namespace sello::tuf
