#include "tuf/trust/integrity.h"

#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/crypto/digest.h"
#include "tuf/trust/refusal.h"

namespace sello::tuf {
namespace {

[[noreturn]] void refuse(const std::string& message, const std::string& subject, const std::string& expected,
                         const std::string& found) {
    throw Refusal(Fault::DigestMismatch, message, {Check::Integrity, subject, {}, expected, found, {}});
}

[[noreturn]] void refuse_algorithm(const std::string& algorithm, const std::string& subject) {
    const std::string name = algorithm.substr(0, 32);
    refuse(concat(subject, ": listed by ", name, ", which is not supported"), subject, "sha256 or sha512", name);
}

void require_length(std::int64_t listed, std::int64_t found, const std::string& subject) {
    if (listed == found) return;
    refuse(concat(subject, ": want ", listed, " bytes as listed, got ", found), subject, concat(listed, " bytes"),
           concat(found, " bytes"));
}

std::int64_t length_of(ByteView bytes) { return static_cast<std::int64_t>(bytes.size()); }

/// `digest_of` gives the digest of the content by an algorithm.
template <class DigestOf>
void require_listed_digests(const Hashes& hashes, const DigestOf& digest_of, const std::string& subject,
                            Dialect dialect) {
    bool checked = false;
    for (const auto& [algorithm_name, expected] : hashes) {
        const auto algorithm = hash_algorithm(algorithm_name);
        if (!algorithm && dialect == Dialect::Notary) continue;
        if (!algorithm) refuse_algorithm(algorithm_name, subject);
        const Bytes found = digest_of(*algorithm);
        if (!constant_time_equal(found, expected))
            refuse(concat(algorithm_name, " checksum for ", subject, " did not match: expected ", to_hex(expected)),
                   subject, concat(algorithm_name, " ", to_hex(expected)), concat(algorithm_name, " ", to_hex(found)));
        checked = true;
    }
    if (!checked)
        refuse(concat("no checksums for supported algorithms were provided for ", subject), subject, "sha256 or sha512",
               "neither");
}

void require_supported(const Hashes& hashes, const std::string& subject) {
    for (const auto& [algorithm, digest] : hashes)
        if (!hash_algorithm(algorithm)) refuse_algorithm(algorithm, subject);
}

}  // namespace

void require_digests(const Hashes& hashes, ByteView bytes, const std::string& subject, Dialect dialect) {
    require_listed_digests(
        hashes, [&](HashAlgorithm algorithm) { return digest(algorithm, bytes); }, subject, dialect);
}

void require_match(const FileMeta& meta, ByteView bytes, const std::string& subject, Dialect dialect) {
    if (meta.length) require_length(*meta.length, length_of(bytes), subject);
    if (dialect == Dialect::Notary || !meta.hashes.empty()) require_digests(meta.hashes, bytes, subject, dialect);
}

void require_match(std::int64_t length, const Hashes& hashes, ByteView bytes, const std::string& subject,
                   Dialect dialect) {
    require_length(length, length_of(bytes), subject);
    require_digests(hashes, bytes, subject, dialect);
}

ContentMatch::ContentMatch(std::int64_t length, Hashes hashes, std::string subject, Dialect dialect)
    : length_(length), hashes_(std::move(hashes)), subject_(std::move(subject)), dialect_(dialect) {
    if (dialect == Dialect::Tuf) require_supported(hashes_, subject_);
    for (const auto& [name, expected] : hashes_)
        if (const auto algorithm = hash_algorithm(name)) hashers_.emplace(*algorithm, *algorithm);
}

void ContentMatch::add(ByteView piece) {
    added_ += length_of(piece);
    for (auto& [algorithm, hasher] : hashers_) hasher.add(piece);
}

void ContentMatch::require() {
    require_length(length_, added_, subject_);
    require_listed_digests(
        hashes_, [this](HashAlgorithm algorithm) { return hashers_.at(algorithm).finish(); }, subject_, dialect_);
}

}  // namespace sello::tuf
