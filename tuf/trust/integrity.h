#pragma once

#include <string>

#include "tuf/metadata/dialect.h"
#include "tuf/metadata/file_meta.h"

/// The one comparison of lengths and digests.
namespace sello::tuf {

/// Every listed digest of a known algorithm must match, and there must be one. An unknown algorithm is passed over in
/// the Notary dialect and refused in TUF 1.0, as their clients do. `subject` names the file in messages.
/// Throws Refusal(Fault::DigestMismatch) with Notary's text.
void require_digests(const Hashes& hashes, ByteView bytes, const std::string& subject,
                     Dialect dialect = Dialect::Notary);

/// Throws Refusal(Fault::DigestMismatch) if a digest is listed by an algorithm that cannot be computed here.
void require_supported(const Hashes& hashes, const std::string& subject);

/// What `meta` says of a file against its bytes. In TUF 1.0 what is not listed is not compared.
void require_match(const FileMeta& meta, ByteView bytes, const std::string& subject, Dialect dialect = Dialect::Notary);

/// What a target's entry says: length and digests, both always there.
void require_match(std::int64_t length, const Hashes& hashes, ByteView bytes, const std::string& subject,
                   Dialect dialect = Dialect::Notary);

}  // namespace sello::tuf
