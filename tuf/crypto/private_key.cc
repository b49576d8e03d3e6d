#include "tuf/crypto/private_key.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <utility>

#include "tuf/base/error.h"
#include "tuf/crypto/ecdsa.h"

namespace sello::tuf {
namespace {

using openssl::Owned;

PublicKey public_half(EVP_PKEY* key) {
    if (key == nullptr) throw Error(Fault::Malformed, "private key: cannot be decoded");
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_EC: return {"ecdsa", to_spki(key)};
        case EVP_PKEY_RSA: return {"rsa", to_spki(key)};
        case EVP_PKEY_ED25519: {
            Bytes raw(32, '\0');
            std::size_t size = raw.size();
            openssl::check(EVP_PKEY_get_raw_public_key(key, octets(raw), &size) == 1, "read Ed25519 key");
            return {"ed25519", std::move(raw)};
        }
        default: throw Error(Fault::Malformed, "private key: want ECDSA, RSA or Ed25519");
    }
}

/// Null for Ed25519, which hashes for itself.
Bytes sign_message(EVP_PKEY* key, ByteView message, const EVP_MD* hash) {
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    const bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
    EVP_PKEY_CTX* options = nullptr;
    openssl::check(EVP_DigestSignInit(context.get(), &options, hash, nullptr, key) == 1, "start signing");
    if (rsa)
        openssl::check(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
                           EVP_PKEY_CTX_set_rsa_pss_saltlen(options, 32) == 1,
                       "set PSS");
    auto size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
    Bytes out(size, '\0');
    openssl::check(EVP_DigestSign(context.get(), octets(out), &size, octets(message), message.size()) == 1, "sign");
    out.resize(size);
    return out;
}

}  // namespace

PrivateKey::PrivateKey(Owned<EVP_PKEY> key) : key_(std::move(key)), public_key_(public_half(key_.get())) {}

PrivateKey PrivateKey::generate_ecdsa_p256() {
    Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    openssl::check(key != nullptr, "generate P-256 key");
    return PrivateKey(std::move(key));
}

PrivateKey PrivateKey::generate_ecdsa_p384() {
    Owned<EVP_PKEY> key(EVP_EC_gen("P-384"));
    openssl::check(key != nullptr, "generate P-384 key");
    return PrivateKey(std::move(key));
}

PrivateKey PrivateKey::generate_ed25519() {
    Owned<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    openssl::check(key != nullptr, "generate Ed25519 key");
    return PrivateKey(std::move(key));
}

Signature PrivateKey::sign(ByteView message, const KeyId& key_id) const {
    switch (public_key_.type()) {
        case KeyType::Ecdsa: {
            const Bytes der = sign_message(key_.get(), message, EVP_sha256());
            return {key_id, "ecdsa", ecdsa_from_der(der, ecdsa_signature_size(key_.get()))};
        }
        case KeyType::Rsa: return {key_id, "rsapss", sign_message(key_.get(), message, EVP_sha256())};
        default: return {key_id, "eddsa", sign_message(key_.get(), message, nullptr)};
    }
}

Bytes PrivateKey::sign_raw(ByteView message) const {
    if (public_key_.type() == KeyType::Ed25519) return sign_message(key_.get(), message, nullptr);
    const bool is_p384 = public_key_.type() == KeyType::Ecdsa && EVP_PKEY_get_bits(key_.get()) == 384;
    return sign_message(key_.get(), message, is_p384 ? EVP_sha384() : EVP_sha256());
}

}  // namespace sello::tuf
