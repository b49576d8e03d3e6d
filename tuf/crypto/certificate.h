#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tuf/base/bytes.h"
#include "tuf/base/instant.h"
#include "tuf/base/secret.h"
#include "tuf/crypto/openssl.h"

namespace sello::tuf {

/// The certificates that stand in a key of type *-x509: one leaf that is no CA, first, then CA certificates.
class CertificateBundle {
public:
    /// PEM blocks of type CERTIFICATE and nothing but white space between them; else nullopt.
    [[nodiscard]] static std::optional<CertificateBundle> parse(ByteView pem);

    [[nodiscard]] X509* leaf() const { return certificates_.front().get(); }
    /// DER SubjectPublicKeyInfo, as the leaf carries it.
    [[nodiscard]] Bytes leaf_spki() const;
    /// True if the first is not a CA and all others are: what Notary asks of a root key.
    [[nodiscard]] bool has_single_leading_leaf() const;
    /// The last common name of the subject, in UTF-8; empty if there is none.
    [[nodiscard]] std::string leaf_common_name() const;
    /// Not signed with SHA-1, no RSA key below 2048 bits, and not ended before it begins.
    [[nodiscard]] bool leaf_is_strong() const;
    /// Not after its end, and begun at most one day from now.
    [[nodiscard]] bool leaf_is_current(const Instant& now) const;
    [[nodiscard]] Instant leaf_end() const;
    /// True if each of the CA certificates behind the leaf is both strong and current.
    [[nodiscard]] bool intermediates_are_sound(const Instant& now) const;

private:
    friend class AuthorityBundle;
    std::vector<openssl::Owned<X509>> certificates_;
};

/// The authorities that a root certificate may chain to.
class AuthorityBundle {
public:
    /// PEM blocks of type CERTIFICATE with any text between them; nullopt if there is none, or one that is no
    /// certificate. Those that are weak or not current are left out, as Notary does.
    [[nodiscard]] static std::optional<AuthorityBundle> parse(ByteView pem, const Instant& now);

    [[nodiscard]] bool empty() const { return certificates_.empty(); }
    /// Why the leaf does not chain to one of these, by way of the bundle's own CA certificates; empty if it does. As
    /// with Go's default options: all current at `now`, no SHA-1, every extended key usage on the way admits server
    /// authentication (a certificate that names none admits all), and any of these may be the end of the chain.
    [[nodiscard]] std::string refusal(const CertificateBundle& bundle, const Instant& now) const;

private:
    std::vector<openssl::Owned<X509>> certificates_;
};

/// A self-signed certificate for a root key as Notary's client makes it: X.509 v3, subject = issuer = CN `common_name`,
/// random 128-bit serial, ten years from `now`, digitalSignature + keyEncipherment, codeSigning, CA:FALSE. PEM, with
/// its final newline.
[[nodiscard]] Bytes make_root_certificate(EVP_PKEY* key, const std::string& common_name, const Instant& now);

}  // namespace sello::tuf
