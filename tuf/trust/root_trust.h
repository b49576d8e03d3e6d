#pragma once

#include <optional>

#include "tuf/base/instant.h"
#include "tuf/metadata/root.h"
#include "tuf/metadata/signed.h"
#include "tuf/names/gun.h"

/// Notary's rules for root keys, which are X.509 certificates whose common name carries the GUN.
namespace sello::tuf {

enum class CertificateDates { Check, Ignore };

/// The root role with only those of its keys that are well-formed certificates for this GUN: one leaf that is no CA,
/// first; its CN the GUN itself or a prefix of it ending in `*`; strong; and, unless dates are ignored, current, with
/// CA certificates behind it that are strong and current too. The threshold stays.
[[nodiscard]] RoleKeys usable_root_keys(const Root& root, const Gun& gun, const Instant& now, CertificateDates dates);

/// The same, dates checked. Throws Refusal(Fault::Untrusted) with Notary's text, and what is wrong with each, if none
/// is left.
[[nodiscard]] RoleKeys require_usable_root_keys(const Root& root, const Gun& gun, const Instant& now);

/// Throws Refusal(Fault::Untrusted) with Notary's text unless a threshold of `usable`, keys of the root's own, signed
/// it. The rest says why the others are not usable: what is wrong with them, or that they are not pinned.
void require_integrity(const Signed<Root>& root, const RoleKeys& usable, const Gun& gun, const Instant& now,
                       CertificateDates dates = CertificateDates::Check);

/// Both: a current leaf certificate for `gun`, and a threshold of signatures. Expiry of the metadata is not looked at.
/// `dates` are ignored for a root on the way to a newer one.
void require_self_signed(const Signed<Root>& root, const Gun& gun, const Instant& now,
                         CertificateDates dates = CertificateDates::Check);

/// Throws Refusal(Fault::Untrusted) with Notary's text unless a threshold of the previous root's keys signed `root`.
/// Dates of the previous certificates are ignored: an expired one must not block the rotation that replaces it.
void require_signed_by_previous(const Signed<Root>& root, const Root& previous, const Gun& gun, const Instant& now);

}  // namespace sello::tuf
