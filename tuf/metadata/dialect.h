#pragma once

namespace sello::tuf {

/// How a document is spelled: canonical form, key ids, encodings of digests and signatures, names of types, and which
/// members there have to be. A document is of exactly one dialect; the rules of trust are the same for both, but where
/// the dialect is asked for by name.
enum class Dialect {
    Notary,  ///< Notary v1
    Tuf,     ///< TUF 1.0
};

}  // namespace sello::tuf
