#include "tuf/trust/integrity.h"

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

void require_length(std::int64_t listed, ByteView bytes, const std::string& subject) {
    if (listed == static_cast<std::int64_t>(bytes.size())) return;
    refuse(concat(subject, ": want ", listed, " bytes as listed, got ", bytes.size()), subject,
           concat(listed, " bytes"), concat(bytes.size(), " bytes"));
}

}  // namespace

void require_supported(const Hashes& hashes, const std::string& subject) {
    for (const auto& [algorithm, digest] : hashes)
        if (!hash_algorithm(algorithm)) refuse_algorithm(algorithm, subject);
}

void require_digests(const Hashes& hashes, ByteView bytes, const std::string& subject, Dialect dialect) {
    bool checked = false;
    for (const auto& [algorithm_name, expected] : hashes) {
        const auto algorithm = hash_algorithm(algorithm_name);
        if (!algorithm && dialect == Dialect::Notary) continue;
        if (!algorithm) refuse_algorithm(algorithm_name, subject);
        const Bytes found = digest(*algorithm, bytes);
        if (!constant_time_equal(found, expected))
            refuse(concat(algorithm_name, " checksum for ", subject, " did not match: expected ", to_hex(expected)),
                   subject, concat(algorithm_name, " ", to_hex(expected)), concat(algorithm_name, " ", to_hex(found)));
        checked = true;
    }
    if (!checked)
        refuse(concat("no checksums for supported algorithms were provided for ", subject), subject, "sha256 or sha512",
               "neither");
}

void require_match(const FileMeta& meta, ByteView bytes, const std::string& subject, Dialect dialect) {
    if (meta.length) require_length(*meta.length, bytes, subject);
    if (dialect == Dialect::Notary || !meta.hashes.empty()) require_digests(meta.hashes, bytes, subject, dialect);
}

void require_match(std::int64_t length, const Hashes& hashes, ByteView bytes, const std::string& subject,
                   Dialect dialect) {
    require_length(length, bytes, subject);
    require_digests(hashes, bytes, subject, dialect);
}

}  // namespace sello::tuf
