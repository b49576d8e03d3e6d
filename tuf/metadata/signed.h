#pragma once

#include <string>
#include <vector>

#include "tuf/base/bytes.h"
#include "tuf/crypto/public_key.h"

namespace sello::tuf {

/// One signature as a document carries it, `sig` decoded.
struct Signature {
    KeyId keyid;
    std::string method;  ///< `ecdsa`, `rsapss`, `rsapkcs1v15`, `eddsa`; empty in TUF 1.0, which has none
    Bytes sig;

    friend bool operator==(const Signature&, const Signature&) = default;
};

/// A parsed document: what it says, who signed it, the bytes that were signed, and the exact bytes that came.
template <class Payload>
struct Signed {
    Payload payload;
    std::vector<Signature> signatures;
    Bytes message;  ///< the canonical form of `signed` in its dialect, unknown members kept
    Bytes bytes;    ///< the whole file as received: what is stored, hashed and served
};

}  // namespace sello::tuf
