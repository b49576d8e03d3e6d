#pragma once

#include <map>
#include <string>
#include <vector>

#include "tuf/metadata/root.h"
#include "tuf/metadata/signed.h"
#include "tuf/names/gun.h"

namespace sello::tuf {

/// A bundle of certificates that root certificates have to chain to.
struct PinnedAuthority {
    std::string file;  ///< where it was read from: for messages, and for whoever reads it
    Bytes bundle;      ///< PEM
};

/// How the first root of a collection is accepted. Source: Notary's client, `trust_pinning`. The first that fits a GUN
/// decides alone: the certificates of the GUN itself, those of the longest prefix, the authority of the longest prefix,
/// first use.
struct TrustPinning {
    /// GUN, or a prefix of GUNs ending in `*`, to ids of acceptable root keys.
    std::map<std::string, std::vector<std::string>> certificates;
    bool trust_on_first_use = true;
    /// Prefix of GUNs, with nothing after it.
    std::map<std::string, PinnedAuthority> authorities{};
};

/// The authority that decides for `gun`; null if none does. Its bundle need not have been read before this.
[[nodiscard]] PinnedAuthority* find_authority(TrustPinning& pinning, const Gun& gun);

/// Throws Refusal(Fault::Untrusted) with Notary's text unless the pins for `gun` allow some of the certificates of
/// `root`, and a threshold of these signed it. Throws Error(Fault::BadConfiguration) for an authority without
/// certificates.
void require_pinned(const Signed<Root>& root, const Gun& gun, const TrustPinning& pinning, const Instant& now);

/// The same for a root that the keys of an expired one have signed: there was a first use, so that first use alone is
/// no question any more.
void require_pinned_after_expiry(const Signed<Root>& root, const Gun& gun, TrustPinning pinning, const Instant& now);

}  // namespace sello::tuf
