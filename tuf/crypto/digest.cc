#include "tuf/crypto/digest.h"

#include "tuf/base/encoding.h"

namespace sello::tuf {
namespace {

/// Fetched once: implicit fetching on every call costs more than hashing a small document.
const EVP_MD* fetched(HashAlgorithm algorithm) {
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    static const EVP_MD* const sha384 = EVP_MD_fetch(nullptr, "SHA384", nullptr);
    static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
    switch (algorithm) {
        case HashAlgorithm::Sha256: return sha256;
        case HashAlgorithm::Sha384: return sha384;
        case HashAlgorithm::Sha512: break;
    }
    return sha512;
}

}  // namespace

std::string_view name(HashAlgorithm algorithm) {
    switch (algorithm) {
        case HashAlgorithm::Sha256: return "sha256";
        case HashAlgorithm::Sha384: return "sha384";
        case HashAlgorithm::Sha512: break;
    }
    return "sha512";
}

std::optional<HashAlgorithm> hash_algorithm(std::string_view name) {
    if (name == "sha256") return HashAlgorithm::Sha256;
    if (name == "sha512") return HashAlgorithm::Sha512;
    return std::nullopt;
}

std::size_t digest_size(HashAlgorithm algorithm) {
    switch (algorithm) {
        case HashAlgorithm::Sha256: return 32;
        case HashAlgorithm::Sha384: return 48;
        case HashAlgorithm::Sha512: break;
    }
    return 64;
}

Bytes digest(HashAlgorithm algorithm, ByteView data) {
    Bytes out(digest_size(algorithm), '\0');
    unsigned size = 0;
    openssl::check(EVP_Digest(data.data(), data.size(), octets(out), &size, fetched(algorithm), nullptr) == 1, "hash");
    return out;
}

Hasher::Hasher(HashAlgorithm algorithm) : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
    openssl::check(context_ && EVP_DigestInit_ex2(context_.get(), fetched(algorithm), nullptr) == 1, "hash");
}

void Hasher::add(ByteView piece) {
    openssl::check(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1, "hash");
}

Bytes Hasher::finish() {
    Bytes out(digest_size(algorithm_), '\0');
    openssl::check(EVP_DigestFinal_ex(context_.get(), octets(out), nullptr) == 1, "hash");
    return out;
}

std::string sha256_hex(ByteView data) { return to_hex(sha256(data)); }

}  // namespace sello::tuf
