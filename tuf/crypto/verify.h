#pragma once

#include <string_view>

#include "tuf/base/bytes.h"
#include "tuf/crypto/public_key.h"

namespace sello::tuf {

/// What became of one signature.
enum class Verdict {
    Valid,
    MethodUnfit,     ///< the method is not one of the key's type
    KeyUndecodable,  ///< the key's bytes are not a key of its type
    KeyTooShort,     ///< RSA below 2048 bits
    LengthWrong,     ///< not the length that the key's signatures have
    Invalid,         ///< the mathematics says no
};
[[nodiscard]] std::string_view describe(Verdict verdict);

/// Notary's signatures. The verifier is chosen by the key's own type; `method` only has to fit it, and tells PSS from
/// PKCS#1 v1.5 for RSA. ECDSA: r||s of the curve's width over SHA-256, on every curve. RSA: SHA-256, PSS with a salt of
/// 32 bytes. Ed25519: over the message itself.
[[nodiscard]] Verdict verify(const PublicKey& key, std::string_view method, ByteView message, ByteView signature);

}  // namespace sello::tuf
