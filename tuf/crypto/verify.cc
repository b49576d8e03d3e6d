#include "tuf/crypto/verify.h"

#include <openssl/rsa.h>

#include <string>

#include "tuf/base/ascii.h"
#include "tuf/crypto/digest.h"
#include "tuf/crypto/ecdsa.h"

namespace sello::tuf {
namespace {

using openssl::Owned;

Verdict verdict(bool valid) {
    if (valid) return Verdict::Valid;
    (void)openssl::take_error();
    return Verdict::Invalid;
}

/// Sets up a context that is ready to verify SHA-256 digests. False if OpenSSL refuses.
using SetUp = bool (*)(EVP_PKEY_CTX*);

bool no_padding(EVP_PKEY_CTX* /*context*/) { return true; }
bool pkcs1_padding(EVP_PKEY_CTX* context) { return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1; }
bool pss_padding(EVP_PKEY_CTX* context, int salt_size) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt_size) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
}
bool notary_pss_padding(EVP_PKEY_CTX* context) { return pss_padding(context, 32); }
bool any_salt_pss_padding(EVP_PKEY_CTX* context) { return pss_padding(context, RSA_PSS_SALTLEN_AUTO); }

Verdict verify_digest(EVP_PKEY* key, HashAlgorithm algorithm, ByteView message, ByteView signature, SetUp set_up) {
    const Bytes hash = digest(algorithm, message);
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key, nullptr));
    const EVP_MD* md = algorithm == HashAlgorithm::Sha256 ? EVP_sha256() : EVP_sha384();
    const bool ready = context && EVP_PKEY_verify_init(context.get()) == 1 &&
                       EVP_PKEY_CTX_set_signature_md(context.get(), md) == 1 && set_up(context.get());
    return verdict(ready &&
                   EVP_PKEY_verify(context.get(), octets(signature), signature.size(), octets(hash), hash.size()) == 1);
}

Verdict verify_ecdsa(EVP_PKEY* key, ByteView message, ByteView signature) {
    if (signature.size() != ecdsa_signature_size(key)) return Verdict::LengthWrong;
    return verify_digest(key, HashAlgorithm::Sha256, message, ecdsa_to_der(signature), no_padding);
}

Verdict verify_rsa(EVP_PKEY* key, ByteView message, ByteView signature, SetUp padding) {
    if (EVP_PKEY_get_bits(key) < 2048) return Verdict::KeyTooShort;
    if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key))) return Verdict::LengthWrong;
    return verify_digest(key, HashAlgorithm::Sha256, message, signature, padding);
}

Verdict verify_ed25519(EVP_PKEY* key, ByteView message, ByteView signature) {
    if (signature.size() != 64) return Verdict::LengthWrong;
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    return verdict(
        context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
        EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message), message.size()) == 1);
}

bool method_fits(KeyType type, std::string_view method) {
    switch (type) {
        case KeyType::Ecdsa:
        case KeyType::EcdsaX509: return method == "ecdsa";
        case KeyType::Rsa:
        case KeyType::RsaX509: return method == "rsapss" || method == "rsapkcs1v15";
        case KeyType::Ed25519: return method == "eddsa";
        case KeyType::Unknown: return false;
    }
    return false;
}

Verdict verify_notary(const PublicKey& key, std::string_view method, ByteView message, ByteView signature) {
    const std::string plain_method = lower_case(method);
    if (!method_fits(key.type(), plain_method)) return Verdict::MethodUnfit;
    EVP_PKEY* handle = key.handle();
    if (handle == nullptr) return Verdict::KeyUndecodable;
    switch (key.type()) {
        case KeyType::Ecdsa:
        case KeyType::EcdsaX509: return verify_ecdsa(handle, message, signature);
        case KeyType::Rsa:
        case KeyType::RsaX509:
            return verify_rsa(handle, message, signature,
                              plain_method == "rsapss" ? notary_pss_padding : pkcs1_padding);
        case KeyType::Ed25519: return verify_ed25519(handle, message, signature);
        case KeyType::Unknown: break;
    }
    return Verdict::MethodUnfit;
}

}  // namespace

std::string_view describe(Verdict verdict) {
    switch (verdict) {
        case Verdict::Valid: return "valid";
        case Verdict::MethodUnfit: return "its method or scheme does not fit the key's type";
        case Verdict::KeyUndecodable: return "the key cannot be decoded";
        case Verdict::KeyTooShort: return "the RSA key is shorter than 2048 bits";
        case Verdict::LengthWrong: return "its length is wrong for the key";
        case Verdict::Invalid: return "it does not verify";
    }
    return "unknown";
}

Verdict verify(const PublicKey& key, std::string_view method, ByteView message, ByteView signature) {
    if (key.scheme() == Scheme::Notary) return verify_notary(key, method, message, signature);
    if (key.scheme() == Scheme::Unknown) return Verdict::MethodUnfit;
    EVP_PKEY* handle = key.handle();
    if (handle == nullptr) return Verdict::KeyUndecodable;
    switch (key.scheme()) {
        case Scheme::Ed25519: return verify_ed25519(handle, message, signature);
        case Scheme::EcdsaP256: return verify_digest(handle, HashAlgorithm::Sha256, message, signature, no_padding);
        case Scheme::EcdsaP384: return verify_digest(handle, HashAlgorithm::Sha384, message, signature, no_padding);
        case Scheme::RsaPssSha256: return verify_rsa(handle, message, signature, any_salt_pss_padding);
        case Scheme::Notary:
        case Scheme::Unknown: break;
    }
    return Verdict::MethodUnfit;
}

}  // namespace sello::tuf
