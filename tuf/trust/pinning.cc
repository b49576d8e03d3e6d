#include "tuf/trust/pinning.h"

#include <algorithm>

#include "tuf/base/error.h"
#include "tuf/trust/root_trust.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

/// Null if no pin is for this GUN.
const std::vector<std::string>* pins_for(const Gun& gun, const TrustPinning& pinning) {
    if (const auto exact = pinning.certificates.find(gun.str()); exact != pinning.certificates.end())
        return &exact->second;
    const std::vector<std::string>* best = nullptr;
    std::size_t longest = 0;
    for (const auto& [pattern, ids] : pinning.certificates) {
        if (!pattern.ends_with('*') || pattern.size() <= longest) continue;
        if (!gun.str().starts_with(pattern.substr(0, pattern.size() - 1))) continue;
        best = &ids;
        longest = pattern.size();
    }
    return best;
}

[[noreturn]] void refuse(const std::string& reason) {
    throw Error(Fault::Untrusted, concat("could not validate the path to a trusted root: ", reason));
}

}  // namespace

void require_pinned(const Signed<Root>& root, const Gun& gun, const TrustPinning& pinning, const Instant& now) {
    require_self_signed(root, gun, now);
    const auto* pins = pins_for(gun, pinning);
    if (pins == nullptr) {
        if (!pinning.trust_on_first_use) refuse("invalid trust pinning specified");
        return;
    }
    RoleKeys usable = usable_root_keys(root.payload, gun, now, CertificateDates::Check);
    std::erase_if(usable.keyids,
                  [&](const KeyId& id) { return std::find(pins->begin(), pins->end(), id.str()) == pins->end(); });
    if (usable.keyids.empty()) refuse("unable to match any certificates to trust_pinning config");
    const auto tally = count_signatures(root.message, root.signatures, usable, root.payload.keys);
    if (!tally.met()) refuse(concat("failed to validate integrity of roots (", tally.str(), ")"));
}

}  // namespace sello::tuf
