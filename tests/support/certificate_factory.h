#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "tuf/base/instant.h"
#include "tuf/crypto/private_key.h"

namespace sello::test {

[[nodiscard]] tuf::PrivateKey generate_rsa(unsigned bits);

struct Authority;

/// What a certificate says. Dates count from the time that the test stands at.
struct CertificateSpec {
    std::string common_name = "example/app";
    std::chrono::seconds begins = -std::chrono::hours(48);
    std::chrono::seconds ends = std::chrono::hours(24 * 365);
    std::optional<bool> is_ca = false;  ///< nullopt: no basic constraints
    std::string key_usage{};            ///< as OpenSSL's configuration writes it; empty: none
    std::string extended_key_usage{};   ///< the same
    std::string digest = "SHA256";
    const Authority* issuer = nullptr;  ///< null: self-signed
    std::string first_common_name{};    ///< stands in the subject before `common_name`; empty: none
};

/// PEM.
[[nodiscard]] Bytes make_certificate(const tuf::PrivateKey& key, const CertificateSpec& spec, const Instant& now);

struct Authority {
    /// A key and a certificate of its own: a CA unless the spec says otherwise.
    Authority(const CertificateSpec& spec, const Instant& now);

    std::string name;
    tuf::PrivateKey key;
    Bytes certificate;
};

}  // namespace sello::test
