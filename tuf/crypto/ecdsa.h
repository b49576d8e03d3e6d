#pragma once

#include "tuf/base/bytes.h"
#include "tuf/crypto/openssl.h"

namespace sello::tuf {

/// Bytes of an r||s signature by this key: twice the width of its curve.
[[nodiscard]] std::size_t ecdsa_signature_size(EVP_PKEY* key);

/// r||s, each half of the width, to the DER SEQUENCE that OpenSSL takes.
[[nodiscard]] Bytes ecdsa_to_der(ByteView fixed_width);
/// The way back; `size` is the full width. Throws Error(Fault::Crypto) if it is no such SEQUENCE.
[[nodiscard]] Bytes ecdsa_from_der(ByteView der, std::size_t size);

}  // namespace sello::tuf
