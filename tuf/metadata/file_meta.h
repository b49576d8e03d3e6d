#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tuf/base/bytes.h"
#include "tuf/metadata/json.h"
#include "tuf/names/version.h"

namespace sello::tuf {

/// Digests by algorithm name, decoded. Algorithms that Sello does not compute are kept.
using Hashes = std::map<std::string, Bytes>;

/// What snapshot and timestamp list of one file. Notary lists length and digests; TUF 1.0 the version, the rest at
/// will.
struct FileMeta {
    std::optional<std::int64_t> length;
    Hashes hashes;
    std::optional<Version> version;

    friend bool operator==(const FileMeta&, const FileMeta&) = default;
};

/// Length, SHA-256 and SHA-512 of these bytes: what Notary lists.
[[nodiscard]] FileMeta describe_file(ByteView bytes);

}  // namespace sello::tuf
