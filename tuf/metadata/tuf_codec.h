#pragma once

#include <map>
#include <string>
#include <vector>

#include "tuf/crypto/private_key.h"
#include "tuf/metadata/codec.h"

/// The TUF 1.0 dialect. Source: the TUF specification, sections 4.2 to 4.6, and TAP 15.
namespace sello::tuf::tuf1 {

[[nodiscard]] Envelope read_envelope(Bytes bytes, const JsonLimits& limits);
[[nodiscard]] Signed<Root> read_root(Envelope envelope);
[[nodiscard]] Signed<Targets> read_targets(Envelope envelope, const RoleName& role);
[[nodiscard]] Signed<Snapshot> read_snapshot(Envelope envelope);
[[nodiscard]] Signed<Timestamp> read_timestamp(Envelope envelope);

/// The written `spec_version`.
inline constexpr const char* kSpecVersion = "1.0.31";

/// What is signed: the members that Sello knows, over those of `base`, an earlier version of the same document whose
/// unknown members are kept, at every depth that is still there. Throw Error(Fault::Malformed) for what other readers
/// could not agree on: versions past 2^53-1, an empty `hashes`, a role name that is a number.
[[nodiscard]] Json encode(const Root& root, const Json& base = Json::object());
[[nodiscard]] Json encode(const Targets& targets, const Json& base = Json::object());
[[nodiscard]] Json encode(const Snapshot& snapshot, const Json& base = Json::object());
[[nodiscard]] Json encode(const Timestamp& timestamp, const Json& base = Json::object());

/// The public half of a software key as TUF 1.0 lists it: Ed25519, ECDSA on P-256 or P-384, or RSA with PSS. Its id is
/// the SHA-256 of its canonical form. Throws Error(Fault::Malformed) for a key of another kind.
[[nodiscard]] PublicKey public_key(const PrivateKey& key);
/// {"keytype":T,"keyval":{"public":P},"scheme":S}.
[[nodiscard]] Json encode(const PublicKey& key);
[[nodiscard]] Signature sign(const PrivateKey& key, ByteView message, const KeyId& key_id);

/// The file: JSON without white space, members sorted. `signatures` are written in hex, over what `written` has of the
/// same key's entry; `rest` has the members beside `signed` and `signatures`.
/// Throws Error(Fault::Malformed) if readers in the field would not agree on the canonical form of `signed_part`: for
/// numbers that are no integers up to 2^53-1, member names beyond the Basic Multilingual Plane, and texts that are not
/// in Unicode's normal form C.
[[nodiscard]] Bytes write_document(const Json& signed_part, const std::vector<Signature>& signatures,
                                   const Json& rest = Json::object(), const std::map<KeyId, Json>& written = {});

}  // namespace sello::tuf::tuf1
