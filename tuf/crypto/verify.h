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

/// The verifier is chosen by the key's own type and scheme, never by the document. In the Notary dialect `method` only
/// has to fit the key, and tells PSS from PKCS#1 v1.5 for RSA; ECDSA is r||s of the curve's width over SHA-256, on
/// every curve; PSS has a salt of 32 bytes. In TUF 1.0 `method` is not looked at; ECDSA is DER, PSS has a salt of any
/// size. Ed25519 is over the message itself in both.
[[nodiscard]] Verdict verify(const PublicKey& key, std::string_view method, ByteView message, ByteView signature);

}  // namespace sello::tuf
