#pragma once

#include <string>
#include <vector>

#include "tuf/crypto/verify.h"
#include "tuf/metadata/root.h"
#include "tuf/metadata/signed.h"

namespace sello::tuf {

/// What counting found: a value, since a refusal wants to say which key did what.
struct SignatureTally {
    struct Entry {
        KeyId keyid;
        std::string outcome;  ///< "valid", or why it did not count
    };
    std::int64_t threshold = 1;
    std::int64_t valid = 0;  ///< distinct key material with a valid signature
    std::vector<Entry> entries;

    [[nodiscard]] bool met() const noexcept { return threshold >= 1 && valid >= threshold; }
    [[nodiscard]] std::string str() const;
};

/// Counts the distinct keys of `role` that signed `message`. Keys are told apart by their material, not by their ids; a
/// signature by a key outside the role, of an unfit method or that does not verify is noted and not counted. Stops
/// verifying once the threshold is met. The only code that counts signatures.
[[nodiscard]] SignatureTally count_signatures(ByteView message, const std::vector<Signature>& signatures,
                                              const RoleKeys& role, const Keys& keys);

/// Throws Error(Fault::ThresholdNotMet) with Notary's text and the tally. `subject` is the role's name.
void require_threshold(ByteView message, const std::vector<Signature>& signatures, const RoleKeys& role,
                       const Keys& keys, const std::string& subject);

}  // namespace sello::tuf
