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
/// first; its CN the GUN itself or a prefix of it ending in `*`; strong; and current unless dates are ignored.
/// The threshold stays.
[[nodiscard]] RoleKeys usable_root_keys(const Root& root, const Gun& gun, const Instant& now, CertificateDates dates);

/// Throws Error(Fault::Untrusted) with Notary's text unless `root` has a current leaf certificate for `gun` and is
/// signed by a threshold of them. Expiry of the metadata is not looked at.
void require_self_signed(const Signed<Root>& root, const Gun& gun, const Instant& now);

/// Throws Error(Fault::Untrusted) with Notary's text unless a threshold of the previous root's keys signed `root`.
/// Dates of the previous certificates are ignored: an expired one must not block the rotation that replaces it.
void require_signed_by_previous(const Signed<Root>& root, const Root& previous, const Gun& gun, const Instant& now);

}  // namespace sello::tuf
