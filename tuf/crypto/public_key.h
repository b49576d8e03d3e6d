#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tuf/base/bytes.h"
#include "tuf/base/strong_string.h"
#include "tuf/crypto/openssl.h"

namespace sello::tuf {

class CertificateBundle;

struct KeyIdTag {
    /// 1 to 1024 bytes.
    [[nodiscard]] static bool fits(const std::string& text) noexcept;
    /// Throws Error(Fault::Malformed) unless it fits. An id is only ever compared with others, so no more is asked
    /// here.
    static void check(const std::string& text);
};

/// How metadata names a key. In the Notary dialect the hex SHA-256 of the key's canonical form; in TUF 1.0 any name
/// that is unique in its file.
using KeyId = StrongString<KeyIdTag>;

enum class KeyType { Ecdsa, EcdsaX509, Rsa, RsaX509, Ed25519, Unknown };

/// `ecdsa`, `ecdsa-x509`, `rsa`, `rsa-x509`, `ed25519`; anything else is Unknown.
[[nodiscard]] KeyType key_type(std::string_view name);
[[nodiscard]] bool is_certificate(KeyType type);

/// How a key's signatures are made and written.
enum class Scheme {
    Notary,        ///< as the signature's `method` says: see verify()
    Ed25519,       ///< 64 bytes
    EcdsaP256,     ///< DER, SHA-256
    EcdsaP384,     ///< DER, SHA-384
    RsaPssSha256,  ///< MGF1 with SHA-256
    Unknown,
};

/// A public key as metadata lists it. In the Notary dialect its public bytes are DER SubjectPublicKeyInfo, a PEM
/// certificate bundle, or 32 raw bytes for Ed25519; in TUF 1.0 PEM, or hex for Ed25519. Any type name and any bytes may
/// be listed; a key that cannot be decoded just never verifies anything. Cheap to copy: copies share the decoded form,
/// which is made on first use. For any thread.
class PublicKey {
public:
    /// A key of the Notary dialect; its id is computed.
    PublicKey(std::string type_name, Bytes public_bytes);
    /// A key of a TUF 1.0 file, where `id` is whatever the file calls it.
    PublicKey(KeyId id, std::string type_name, std::string scheme_name, std::string public_text);

    [[nodiscard]] const std::string& type_name() const noexcept;
    [[nodiscard]] KeyType type() const noexcept;
    [[nodiscard]] Scheme scheme() const noexcept;
    [[nodiscard]] const std::string& scheme_name() const noexcept;
    [[nodiscard]] const Bytes& bytes() const noexcept;
    /// In the Notary dialect SHA-256 of {"keytype":T,"keyval":{"private":null,"public":BASE64}} in hex.
    [[nodiscard]] const KeyId& id() const noexcept;
    /// The id of the bare key: differs from id() for certificates only. Key files are named by it.
    [[nodiscard]] const KeyId& canonical_id() const;
    /// What tells keys apart, however they are wrapped or encoded; nullopt if it cannot be decoded.
    [[nodiscard]] std::optional<ByteView> material() const;
    /// Null if this is no well-formed certificate bundle. Owned by the key.
    [[nodiscard]] const CertificateBundle* certificates() const;
    /// Null if it cannot be decoded, or is of an unknown type. Owned by the key.
    [[nodiscard]] EVP_PKEY* handle() const;

    friend bool operator==(const PublicKey& a, const PublicKey& b) noexcept { return a.id() == b.id(); }

private:
    struct State;
    [[nodiscard]] const State& decoded() const;
    std::shared_ptr<State> state_;
};

/// DER SubjectPublicKeyInfo of an OpenSSL key.
[[nodiscard]] Bytes to_spki(EVP_PKEY* key);

}  // namespace sello::tuf
