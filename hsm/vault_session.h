#pragma once

#include <mutex>
#include <optional>

#include "hsm/kek.h"
#include "hsm/token.h"

namespace sello::hsm {

/// The one session that owns all unwrapped keys: session objects die with the session that made them, whoever uses
/// them. One caller at a time. For any thread.
class VaultSession {
public:
    explicit VaultSession(Token& token) : token_(token) {}
    VaultSession(const VaultSession&) = delete;
    VaultSession& operator=(const VaultSession&) = delete;
    VaultSession(VaultSession&&) = delete;
    VaultSession& operator=(VaultSession&&) = delete;
    ~VaultSession();

    /// A signing key that lives until destroy() or until the generation ends. Throws Error.
    [[nodiscard]] ObjectHandle unwrap(const TokenUse& use, Kek& kek, CK_MECHANISM_TYPE mechanism, ByteView blob);
    void destroy(const TokenUse& use, ObjectHandle key) noexcept;

private:
    [[nodiscard]] SessionHandle enter(const TokenUse& use);

    Token& token_;
    std::mutex mutex_;
    std::optional<SessionHandle> session_;
    Generation generation_;
};

}  // namespace sello::hsm
