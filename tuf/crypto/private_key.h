#pragma once

#include "tuf/base/bytes.h"
#include "tuf/crypto/openssl.h"
#include "tuf/crypto/public_key.h"
#include "tuf/metadata/signed.h"

namespace sello::tuf {

/// A software key: ECDSA, RSA or Ed25519. Wiped by OpenSSL when destroyed. Move only.
class PrivateKey {
public:
    /// Throws Error(Fault::Malformed) if `key` is of no type that Notary names.
    explicit PrivateKey(openssl::Owned<EVP_PKEY> key);
    [[nodiscard]] static PrivateKey generate_ecdsa_p256();
    [[nodiscard]] static PrivateKey generate_ecdsa_p384();
    [[nodiscard]] static PrivateKey generate_ed25519();

    /// The bare public key (`ecdsa`, `rsa` or `ed25519`).
    [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
    [[nodiscard]] EVP_PKEY* handle() const noexcept { return key_.get(); }

    /// Signs for the Notary dialect; the signature carries `key_id`, which for a certificate is not the bare key's.
    [[nodiscard]] Signature sign(ByteView message, const KeyId& key_id) const;
    [[nodiscard]] Signature sign(ByteView message) const { return sign(message, public_key_.id()); }
    /// The bare signature as TUF 1.0 has it: DER for ECDSA, over SHA-384 on P-384 and SHA-256 on every other curve; PSS
    /// with SHA-256 and a salt of 32 bytes for RSA.
    [[nodiscard]] Bytes sign_raw(ByteView message) const;

private:
    openssl::Owned<EVP_PKEY> key_;
    PublicKey public_key_;
};

}  // namespace sello::tuf
