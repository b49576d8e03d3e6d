#include "hsm/ec_public_key.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>

#include "tuf/base/error.h"

namespace sello::hsm {
namespace {

/// SubjectPublicKeyInfo of P-256 up to the point (RFC 5480 section 2).
constexpr std::array<unsigned char, 26> kSpkiPrefix = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                       0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                       0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
constexpr std::size_t kPointBytes = 65;
constexpr std::size_t kScalarBytes = 32;

struct FreeSignature {
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
struct FreeContext {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};

ByteView spki_prefix() { return {reinterpret_cast<const char*>(kSpkiPrefix.data()), kSpkiPrefix.size()}; }

/// DER of the two integers; empty if OpenSSL has no memory.
Bytes der_signature(ByteView raw) {
    const std::unique_ptr<ECDSA_SIG, FreeSignature> signature(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(octets(raw), kScalarBytes, nullptr);
    BIGNUM* s = BN_bin2bn(octets(raw) + kScalarBytes, kScalarBytes, nullptr);
    if (!signature || r == nullptr || s == nullptr || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return {};
    }
    Bytes der(80, '\0');
    unsigned char* out = octets(der);
    const int size = i2d_ECDSA_SIG(signature.get(), &out);
    der.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return der;
}

}  // namespace

EcPublicKey EcPublicKey::from_spki(ByteView spki) {
    if (spki.size() != kSpkiPrefix.size() + kPointBytes || !spki.starts_with(spki_prefix()))
        throw Error(Fault::Malformed, concat("public key: want the DER of a P-256 key, got ", spki.size(), " bytes"));
    const unsigned char* in = octets(spki);
    std::shared_ptr<EVP_PKEY> key(d2i_PUBKEY(nullptr, &in, static_cast<long>(spki.size())), &EVP_PKEY_free);
    ERR_clear_error();
    if (!key) throw Error(Fault::Malformed, "public key: not a point of P-256");
    return {Bytes(spki), std::move(key)};
}

EcPublicKey EcPublicKey::from_point(ByteView point) {
    const bool in_octet_string = point.size() == kPointBytes + 2 && point[0] == '\x04' && point[1] == '\x41';
    if (in_octet_string) point.remove_prefix(2);
    return from_spki(concat(spki_prefix(), point));
}

bool EcPublicKey::verify(ByteView digest, ByteView signature) const {
    if (signature.size() != 2 * kScalarBytes) return false;
    const Bytes der = der_signature(signature);
    const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    const bool valid = context && EVP_PKEY_verify_init(context.get()) == 1 &&
                       EVP_PKEY_verify(context.get(), octets(der), der.size(), octets(digest), digest.size()) == 1;
    ERR_clear_error();
    return valid;
}

Bytes sha256(ByteView message) {
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    Bytes digest(32, '\0');
    if (EVP_Digest(message.data(), message.size(), octets(digest), nullptr, algorithm, nullptr) != 1)
        throw Error(Fault::Crypto, "SHA-256 failed");
    return digest;
}

}  // namespace sello::hsm
