#pragma once

#include <map>
#include <string>

#include "tuf/crypto/digest.h"
#include "tuf/metadata/dialect.h"
#include "tuf/metadata/file_meta.h"

/// The one comparison of lengths and digests.
namespace sello::tuf {

/// Every listed digest of a known algorithm must match, and there must be one. An unknown algorithm is passed over in
/// the Notary dialect and refused in TUF 1.0, as their clients do. `subject` names the file in messages.
/// Throws Refusal(Fault::DigestMismatch) with Notary's text.
void require_digests(const Hashes& hashes, ByteView bytes, const std::string& subject,
                     Dialect dialect = Dialect::Notary);

/// What `meta` says of a file against its bytes. In TUF 1.0 what is not listed is not compared.
void require_match(const FileMeta& meta, ByteView bytes, const std::string& subject, Dialect dialect = Dialect::Notary);

/// What a target's entry says: length and digests, both always there.
void require_match(std::int64_t length, const Hashes& hashes, ByteView bytes, const std::string& subject,
                   Dialect dialect = Dialect::Notary);

/// The same for content that comes in pieces.
class ContentMatch {
public:
    /// Throws Refusal(Fault::DigestMismatch) for an algorithm that the dialect has to know and does not.
    ContentMatch(std::int64_t length, Hashes hashes, std::string subject, Dialect dialect = Dialect::Notary);
    void add(ByteView piece);
    /// Throws what require_match() would of all that was added. Once.
    void require();

private:
    std::int64_t length_;
    Hashes hashes_;
    std::string subject_;
    Dialect dialect_;
    std::int64_t added_ = 0;
    std::map<HashAlgorithm, Hasher> hashers_;
};

}  // namespace sello::tuf
