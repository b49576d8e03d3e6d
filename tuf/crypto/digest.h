#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tuf/base/bytes.h"
#include "tuf/crypto/openssl.h"

namespace sello::tuf {

enum class HashAlgorithm { Sha256, Sha384, Sha512 };

[[nodiscard]] std::string_view name(HashAlgorithm algorithm);
/// nullopt for an algorithm that files are not listed by: `sha256` and `sha512` are.
[[nodiscard]] std::optional<HashAlgorithm> hash_algorithm(std::string_view name);
[[nodiscard]] std::size_t digest_size(HashAlgorithm algorithm);

/// The raw digest, of digest_size() bytes.
[[nodiscard]] Bytes digest(HashAlgorithm algorithm, ByteView data);
[[nodiscard]] inline Bytes sha256(ByteView data) { return digest(HashAlgorithm::Sha256, data); }
[[nodiscard]] inline Bytes sha512(ByteView data) { return digest(HashAlgorithm::Sha512, data); }
/// Lower-case hex SHA-256: how documents are addressed.
[[nodiscard]] std::string sha256_hex(ByteView data);

/// The digest of what comes in pieces.
class Hasher {
public:
    explicit Hasher(HashAlgorithm algorithm);
    void add(ByteView piece);
    /// Of all that was added; nothing may be added afterwards.
    [[nodiscard]] Bytes finish();

private:
    HashAlgorithm algorithm_;
    openssl::Owned<EVP_MD_CTX> context_;
};

}  // namespace sello::tuf
