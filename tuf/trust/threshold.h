#pragma once

#include <string>
#include <vector>

#include "tuf/crypto/verify.h"
#include "tuf/metadata/root.h"
#include "tuf/metadata/signed.h"
#include "tuf/trust/refusal.h"

namespace sello::tuf {

/// What counting found: a value, since a refusal wants to say which key did what.
struct SignatureTally {
    std::int64_t threshold = 1;
    std::int64_t valid = 0;  ///< distinct key material with a valid signature
    /// One entry for each signature that was looked at, then one for each key of the role that has not signed.
    std::vector<KeyOutcome> keys;

    [[nodiscard]] bool met() const noexcept { return is_threshold(threshold) && valid >= threshold; }
    [[nodiscard]] std::string str() const;
};

/// Whether the role lists as many keys as it wants signatures.
[[nodiscard]] bool is_satisfiable(const RoleKeys& role);

enum class Counting {
    UntilMet,  ///< stops verifying once the threshold is met
    All,       ///< looks at every signature
};

/// Counts the distinct keys of `role` that signed `message`. Keys are told apart by their material, not by their ids; a
/// signature by a key outside the role, of an unfit method or that does not verify is noted and not counted. The only
/// code that counts signatures.
[[nodiscard]] SignatureTally count_signatures(ByteView message, const std::vector<Signature>& signatures,
                                              const RoleKeys& role, const Keys& keys,
                                              Counting counting = Counting::UntilMet);

/// Throws Refusal(Fault::ThresholdNotMet) with Notary's text and the tally. `subject` is the role's name.
void require_threshold(ByteView message, const std::vector<Signature>& signatures, const RoleKeys& role,
                       const Keys& keys, const std::string& subject);

}  // namespace sello::tuf
