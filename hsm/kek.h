#pragma once

#include <mutex>
#include <optional>

#include "hsm/token.h"
#include "tuf/base/bytes.h"

namespace sello::hsm {

/// The label by which the wrapping key is known on its token.
inline constexpr ByteView kKekLabel = "sello-kek";

/// The token-resident AES key under which signing keys rest. Losing it loses every key: it is backed up by the token's
/// own means. Found again once per generation.
class Kek {
public:
    /// Finds the key and refuses one that lets keys leak: it must be trusted, sensitive, not extractable, and neither
    /// encrypt nor decrypt. Throws Error(FailedPrecondition) if it is missing, ambiguous, or not so.
    Kek(const TokenUse& use, SessionHandle session);

    /// CKA_ID: what rows name their wrapping key by.
    [[nodiscard]] const Bytes& id() const noexcept { return id_; }
    /// Valid as long as `use`.
    [[nodiscard]] ObjectHandle handle(const TokenUse& use, SessionHandle session);
    /// After a failure that said the handle is stale.
    void forget();

private:
    std::mutex mutex_;
    Bytes id_;
    std::optional<ObjectHandle> handle_;
    Generation generation_;
};

/// The wrapping key, if the token has one. Throws Error(FailedPrecondition) if it has several.
[[nodiscard]] std::optional<ObjectHandle> find_kek(const Functions& functions, SessionHandle session);

}  // namespace sello::hsm
