#pragma once

#include <string>
#include <vector>

#include "tuf/metadata/dialect.h"
#include "tuf/metadata/json_document.h"
#include "tuf/metadata/root.h"
#include "tuf/metadata/signed.h"
#include "tuf/metadata/snapshot.h"
#include "tuf/metadata/targets.h"

/// Bytes to Signed<T> and back. Decoding is in two steps, as Notary's answers tell them apart: the envelope (is this a
/// signed document at all?), and what `signed` says for a role.
namespace sello::tuf {

/// An envelope whose `signed` part has not been looked into.
struct Envelope {
    Dialect dialect = Dialect::Notary;
    JsonDocument document;
    std::vector<Signature> signatures;
    bool has_unknown_members = false;  ///< beside `signed` and `signatures`

    /// Good for as long as the envelope stays where it is.
    [[nodiscard]] JsonView signed_part() const { return document.root().find("signed").value(); }
    [[nodiscard]] const Bytes& bytes() const { return document.text(); }
};

/// In the Notary dialect. Throws Error(Fault::Malformed or TooLarge) unless `bytes` is JSON with an object `signed` and
/// a list `signatures` of well-formed entries, and with an integer `version` and an RFC 3339 `expires` where they are
/// given.
[[nodiscard]] Envelope parse_envelope(Bytes bytes, const JsonLimits& limits = {});
/// In either. In TUF 1.0 a key id that stands twice among the signatures is refused, and a `sig` that is not hex is
/// kept as empty: it just does not verify.
[[nodiscard]] Envelope parse_envelope(Bytes bytes, Dialect dialect, const JsonLimits& limits = {});

/// By the envelope's dialect. Throw Error(Fault::Malformed), or Fault::WrongType for the `_type` of another role, with
/// Notary's texts. `role` names the document in messages.
[[nodiscard]] Signed<Root> decode_root(Envelope envelope);
[[nodiscard]] Signed<Targets> decode_targets(Envelope envelope, const RoleName& role);
[[nodiscard]] Signed<Snapshot> decode_snapshot(Envelope envelope);
[[nodiscard]] Signed<Timestamp> decode_timestamp(Envelope envelope);

/// A key as metadata lists it: {"keytype":T,"keyval":{"private":null,"public":BASE64}}.
[[nodiscard]] Json to_json(const PublicKey& key);
/// Reads a key in either member order. Throws Error(Fault::Malformed).
[[nodiscard]] PublicKey decode_key(JsonView value);
[[nodiscard]] Json to_json(const Target& target);
/// `text` is JSON. Throws Error(Fault::Malformed) that begins with `subject`.
[[nodiscard]] Target decode_target(ByteView text, const std::string& subject);

/// What is signed in the Notary dialect. For TUF 1.0: tuf_codec.h.
[[nodiscard]] Json to_json(const Root& root);
[[nodiscard]] Json to_json(const Targets& targets);
[[nodiscard]] Json to_json(const Snapshot& snapshot);
[[nodiscard]] Json to_json(const Timestamp& timestamp);

/// The file in Go's normal form: {"signed":...,"signatures":[{"keyid","method","sig"}]}, no white space, no last
/// newline.
[[nodiscard]] Bytes write_document(const Json& signed_part, const std::vector<Signature>& signatures);

}  // namespace sello::tuf
