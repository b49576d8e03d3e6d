#include "tuf/crypto/ecdsa.h"

namespace sello::tuf {

using openssl::Owned;

std::size_t ecdsa_signature_size(EVP_PKEY* key) {
    return 2 * ((static_cast<std::size_t>(EVP_PKEY_get_bits(key)) + 7) / 8);
}

Bytes ecdsa_to_der(ByteView fixed_width) {
    const int half = static_cast<int>(fixed_width.size() / 2);
    Owned<BIGNUM> r(BN_bin2bn(octets(fixed_width), half, nullptr));
    Owned<BIGNUM> s(BN_bin2bn(octets(fixed_width) + half, half, nullptr));
    const Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
    openssl::check(signature && ECDSA_SIG_set0(signature.get(), r.get(), s.get()) == 1, "build ECDSA signature");
    (void)r.release();
    (void)s.release();
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    openssl::check(size > 0, "encode ECDSA signature");
    Bytes out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

Bytes ecdsa_from_der(ByteView der, std::size_t size) {
    const unsigned char* cursor = octets(der);
    const Owned<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
    openssl::check(signature != nullptr, "decode ECDSA signature");
    Bytes out(size, '\0');
    const int half = static_cast<int>(size / 2);
    openssl::check(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), octets(out), half) == half &&
                       BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), octets(out) + half, half) == half,
                   "widen ECDSA signature");
    return out;
}

}  // namespace sello::tuf
