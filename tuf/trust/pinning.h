#pragma once

#include <map>
#include <string>
#include <vector>

#include "tuf/metadata/root.h"
#include "tuf/metadata/signed.h"
#include "tuf/names/gun.h"

namespace sello::tuf {

/// How the first root of a collection is accepted. Source: Notary's client, `trust_pinning`.
struct TrustPinning {
    /// GUN, or a prefix of GUNs ending in `*`, to ids of acceptable root certificates.
    std::map<std::string, std::vector<std::string>> certificates;
    bool trust_on_first_use = true;
};

/// Throws Error(Fault::Untrusted) unless `root`, whose own signatures are verified here too, is one that the pins for
/// `gun` allow: the exact GUN first, else the longest prefix, else first use.
void require_pinned(const Signed<Root>& root, const Gun& gun, const TrustPinning& pinning, const Instant& now);

}  // namespace sello::tuf
