#pragma once

#include "tuf/base/bytes.h"
#include "tuf/metadata/json_document.h"

namespace sello::tuf {

/// The bytes that are signed in the Notary dialect: members sorted by UTF-8 bytes, no white space, strings raw but for
/// `"` and `\`. Numbers as Go's doubles print: `1.0` is 1, integers past 2^53 are rounded. Throws
/// Error(Fault::Malformed) for a number with a fraction, with Notary's text.
[[nodiscard]] Bytes canonical_json(const Json& value);
[[nodiscard]] Bytes canonical_json(JsonView value);

/// The bytes that are signed in TUF 1.0: the same rules, but for numbers, which are integers of any size and nothing
/// else. Throws Error(Fault::Malformed) for any other number. Source: OLPC's canonical JSON.
[[nodiscard]] Bytes olpc_json(const Json& value);
[[nodiscard]] Bytes olpc_json(JsonView value);

/// The canonical form as Go's encoder puts it on the wire: inside strings `<`, `>`, `&`, U+2028 and U+2029 are escaped,
/// and control characters too, without which it would not be JSON.
[[nodiscard]] Bytes wire_json(const Json& value);

}  // namespace sello::tuf
