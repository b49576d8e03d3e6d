#include "tuf/trust/pinning.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tuf/crypto/certificate.h"
#include "tuf/trust/refusal.h"
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

constexpr std::string_view kNoPath = "could not validate the path to a trusted root: ";

[[noreturn]] void refuse_bundle(const std::string& reason) {
    throw Error(Fault::BadConfiguration, concat(kNoPath, reason));
}

[[noreturn]] void refuse_root(const Root& root, const std::string& reason, const std::string& expected,
                              std::vector<KeyOutcome> keys) {
    throw Refusal(Fault::Untrusted, concat(kNoPath, reason),
                  {Check::Anchor, "root", root.version, expected, "other certificates", std::move(keys)});
}

/// Those of the usable keys for which `flaw_of` finds nothing; refuses the root if that leaves none. `pins` and
/// `advice` go into the message.
template <class FlawOf>
RoleKeys keep(const Root& root, const RoleKeys& usable, const FlawOf& flaw_of, const std::string& pins,
              std::string_view advice) {
    RoleKeys kept{{}, usable.threshold};
    std::vector<KeyOutcome> outcomes;
    std::string words;
    for (const KeyId& id : usable.keyids) {
        const std::string flaw = flaw_of(id);
        if (flaw.empty()) kept.keyids.push_back(id);
        outcomes.push_back({id, flaw.empty(), flaw});
        words += concat("; key ", id, ": ", flaw);
    }
    if (kept.keyids.empty())
        refuse_root(root,
                    concat("unable to match any certificates to trust_pinning config (", pins, words, advice, ")"),
                    pins, std::move(outcomes));
    return kept;
}

RoleKeys keep_pinned(const Root& root, const RoleKeys& usable, const std::vector<std::string>& pins) {
    const auto flaw_of = [&](const KeyId& id) {
        return std::find(pins.begin(), pins.end(), id.str()) == pins.end() ? "is not pinned" : "";
    };
    return keep(root, usable, flaw_of, concat(pins.size(), " certificate(s) are pinned"),
                "; if the publisher confirms the key, add it to trust_pinning.certs");
}

RoleKeys keep_vouched_for(const Root& root, const RoleKeys& usable, const PinnedAuthority& authority,
                          const Instant& now) {
    const auto bundle = AuthorityBundle::parse(authority.bundle, now);
    if (!bundle)
        refuse_bundle(concat("could not load root cert from CA path: ", authority.file,
                             ": want PEM blocks of type CERTIFICATE and no others"));
    if (bundle->empty())
        refuse_bundle(concat("invalid CA certs provided: none of those in ", authority.file,
                             " is current, not signed with SHA-1, and of 2048 bits or more if it is RSA"));
    const auto flaw_of = [&](const KeyId& id) { return bundle->refusal(*root.keys.at(id).certificates(), now); };
    return keep(root, usable, flaw_of, concat("the authorities in ", authority.file, " are pinned"), "");
}

RoleKeys keep_allowed(const Root& root, const RoleKeys& usable, const Gun& gun, const TrustPinning& pinning,
                      const Instant& now) {
    if (const auto* pins = pinned_certificates(pinning, gun)) return keep_pinned(root, usable, *pins);
    if (const auto* authority = pinned_authority(pinning.authorities, gun))
        return keep_vouched_for(root, usable, *authority, now);
    if (!pinning.trust_on_first_use)
        refuse_root(root,
                    concat("invalid trust pinning specified (nothing in trust_pinning is for ", gun,
                           ", and disable_tofu is set)"),
                    concat("a pin for ", gun), {});
    return usable;
}

}  // namespace

PinnedAuthority* find_authority(TrustPinning& pinning, const Gun& gun) {
    return pinned_certificates(pinning, gun) != nullptr ? nullptr : pinned_authority(pinning.authorities, gun);
}

void require_pinned(const Signed<Root>& root, const Gun& gun, const TrustPinning& pinning, const Instant& now) {
    const RoleKeys usable = require_usable_root_keys(root.payload, gun, now);
    require_integrity(root, keep_allowed(root.payload, usable, gun, pinning, now), gun, now);
}

void require_pinned_after_expiry(const Signed<Root>& root, const Gun& gun, TrustPinning pinning, const Instant& now) {
    pinning.trust_on_first_use = true;
    require_pinned(root, gun, pinning, now);
}

}  // namespace sello::tuf
