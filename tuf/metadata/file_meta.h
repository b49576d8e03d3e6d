#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tuf/base/bytes.h"
#include "tuf/metadata/json.h"

namespace sello::tuf {

/// Digests by algorithm name, decoded. Algorithms that Sello does not compute are kept.
using Hashes = std::map<std::string, Bytes>;

/// Length and digests of one file, as snapshot and timestamp list it.
struct FileMeta {
    std::int64_t length = 0;
    Hashes hashes;

    friend bool operator==(const FileMeta&, const FileMeta&) = default;
};

/// Length, SHA-256 and SHA-512 of these bytes: what Notary lists.
[[nodiscard]] FileMeta describe_file(ByteView bytes);

/// What `meta` says of a file against its bytes: the one comparison of lengths and digests. Every listed digest of a
/// known algorithm must match, and there must be one. `subject` names the file in the message.
/// Throws Error(Fault::DigestMismatch) with Notary's text.
void require_digests(const Hashes& hashes, ByteView bytes, const std::string& subject);
void require_match(const FileMeta& meta, ByteView bytes, const std::string& subject);

}  // namespace sello::tuf
