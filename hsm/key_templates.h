#pragma once

#include "hsm/attributes.h"

namespace sello::hsm {

/// Every template says every attribute that matters: modules' defaults differ, and some leave DECRYPT or EXTRACTABLE
/// on.

/// DER object identifier of P-256, for CKA_EC_PARAMS.
[[nodiscard]] ByteView p256_parameters() noexcept;

/// The private half of a new pair: lives for milliseconds, leaves the token only under a trusted wrapping key.
[[nodiscard]] Attributes private_key_to_be_wrapped();
/// The public half of a new pair: a session object, destroyed once it has been read.
[[nodiscard]] Attributes public_half();
/// A wrapped key on its way back: a session object that signs and never leaves again.
[[nodiscard]] Attributes unwrapped_private_key();
/// The token-resident AES-256 wrapping key, made by the security officer: users see it and cannot make its like.
[[nodiscard]] Attributes wrapping_key(ByteView label, ByteView id);
/// What finds the wrapping keys of that label.
[[nodiscard]] Attributes wrapping_key_search(ByteView label);

}  // namespace sello::hsm
