#include "tuf/metadata/file_meta.h"

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"

namespace sello::tuf {

FileMeta describe_file(ByteView bytes) {
    return {static_cast<std::int64_t>(bytes.size()), {{"sha256", sha256(bytes)}, {"sha512", sha512(bytes)}}};
}

void require_digests(const Hashes& hashes, ByteView bytes, const std::string& subject) {
    bool checked = false;
    for (const auto& [algorithm_name, expected] : hashes) {
        const auto algorithm = hash_algorithm(algorithm_name);
        if (!algorithm) continue;
        if (!constant_time_equal(digest(*algorithm, bytes), expected))
            throw Error(Fault::DigestMismatch, concat(algorithm_name, " checksum for ", subject,
                                                      " did not match: expected ", to_hex(expected)));
        checked = true;
    }
    if (!checked)
        throw Error(Fault::DigestMismatch, concat("no checksums for supported algorithms were provided for ", subject));
}

void require_match(const FileMeta& meta, ByteView bytes, const std::string& subject) {
    if (meta.length != static_cast<std::int64_t>(bytes.size()))
        throw Error(Fault::DigestMismatch,
                    concat(subject, ": want ", meta.length, " bytes as listed, got ", bytes.size()));
    require_digests(meta.hashes, bytes, subject);
}

}  // namespace sello::tuf
