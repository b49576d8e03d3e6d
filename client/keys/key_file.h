#pragma once

#include <map>
#include <optional>
#include <string>

#include "tuf/base/bytes.h"
#include "tuf/base/secret.h"
#include "tuf/crypto/private_key.h"

/// Private keys as Notary's clients keep them: one PEM block with headers `role` and, for some roles, `gun`.
namespace sello::client {

struct KeyBlock {
    std::string type;  ///< of the PEM block: `ENCRYPTED PRIVATE KEY`, `PRIVATE KEY`, `EC PRIVATE KEY`, ...
    std::map<std::string, std::string> headers;
    Secret der;
};

/// The first PEM block of `pem`; nullopt if there is none that is well formed.
[[nodiscard]] std::optional<KeyBlock> read_key_block(ByteView pem);

[[nodiscard]] bool is_encrypted(const KeyBlock& block);

/// Reads PKCS#8, plain or PBES2, the SEC1 and PKCS#1 forms, plain or with OpenSSL's encryption of old, and Notary's
/// form of Ed25519. Throws Error(Fault::Unauthorized) for a wrong passphrase, Error(Fault::Malformed) for what is no
/// key.
[[nodiscard]] tuf::PrivateKey decode_private_key(const KeyBlock& block, const Secret& passphrase);

/// PKCS#8 under PBES2: PBKDF2 with HMAC-SHA-1 and 2048 rounds, AES-256-CBC: what every Notary client can read.
[[nodiscard]] Bytes encrypt_private_key(const tuf::PrivateKey& key, const Secret& passphrase,
                                        const std::map<std::string, std::string>& headers);

}  // namespace sello::client
