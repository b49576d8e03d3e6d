#pragma once

#include <memory>

#include "tuf/base/bytes.h"

struct evp_pkey_st;

namespace sello::hsm {

/// A P-256 public key, parsed once. Cheap to copy; for any thread.
class EcPublicKey {
public:
    /// `spki` is a DER SubjectPublicKeyInfo, 91 bytes. Throws Error(Fault::Malformed) for anything but a P-256 key.
    [[nodiscard]] static EcPublicKey from_spki(ByteView spki);
    /// `point` is CKA_EC_POINT: an uncompressed point, raw or in a DER OCTET STRING. Throws Error(Fault::Malformed).
    [[nodiscard]] static EcPublicKey from_point(ByteView point);

    [[nodiscard]] const Bytes& spki() const noexcept { return spki_; }
    /// `digest` is the 32 bytes that were signed, `signature` r and s of 32 bytes each.
    [[nodiscard]] bool verify(ByteView digest, ByteView signature) const;

private:
    EcPublicKey(Bytes spki, std::shared_ptr<evp_pkey_st> key) : spki_(std::move(spki)), key_(std::move(key)) {}
    Bytes spki_;
    std::shared_ptr<evp_pkey_st> key_;  ///< shared by the copies; never changed
};

/// SHA-256, 32 bytes: what ECDSA signs.
[[nodiscard]] Bytes sha256(ByteView message);

}  // namespace sello::hsm
