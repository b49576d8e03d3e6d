#pragma once

#include <exception>
#include <functional>
#include <memory>

#include "hsm/ec_public_key.h"
#include "hsm/kek.h"
#include "hsm/key_cache.h"
#include "hsm/pkcs11_error.h"
#include "hsm/session_pool.h"
#include "hsm/signing_threads.h"
#include "hsm/token.h"
#include "hsm/vault_session.h"

namespace sello::hsm {

/// A P-256 signing key at rest: its private half under the token's wrapping key.
struct WrappedKey {
    EcPublicKey public_key;
    Bytes kek_id;                                        ///< CKA_ID of the wrapping key
    CK_MECHANISM_TYPE mechanism = CKM_AES_KEY_WRAP_PAD;  ///< that wrapped it
    Bytes blob;
};

/// Makes wrapped keys and signs with them. For any thread; all Cryptoki calls run on threads of its own.
class Signer {
public:
    struct Settings {
        std::size_t sessions = 2;         ///< one a core suits a CPU-bound token, rate x latency a networked one
        std::size_t cached_keys = 10000;  ///< unwrapped keys held in the token, about 8 KB each
        std::size_t most_waiting = 1024;  ///< callers beyond those being served
        std::chrono::milliseconds hang_limit = std::chrono::seconds(30);
    };

    /// Finds the wrapping key and proves with a throw-away key that the token generates, wraps, unwraps and signs.
    /// Throws Error(FailedPrecondition) naming what is missing. `token` outlives the signer.
    Signer(Token& token, Settings settings);

    /// A new key: generated in the token, wrapped, unwrapped as it will be used, and challenged. Nothing stays behind
    /// if it fails. Throws Error.
    [[nodiscard]] WrappedKey create(Deadline deadline);

    /// ECDSA over SHA-256 of `message`: r and s, 32 bytes each, verified with the public key before it is returned.
    /// Failures of session, login or device are retried within the deadline. Throws Error: Unavailable,
    /// DeadlineExceeded, ResourceExhausted, DataLoss (the blob is damaged or is another key's), FailedPrecondition.
    [[nodiscard]] Bytes sign(std::shared_ptr<const WrappedKey> key, ByteView message, Deadline deadline);

    /// The signature, or why there is none.
    struct Outcome {
        Bytes signature;
        std::exception_ptr failure;
    };
    /// As sign(), but returns at once; `done` is called on a thread of the signer's and must not throw. Past the
    /// deadline it may be called late, or never if a call into the module does not return or stop() comes first. Throws
    /// Error, ResourceExhausted or Unavailable, instead of calling.
    void sign_async(std::shared_ptr<const WrappedKey> key, ByteView message, Deadline deadline,
                    std::function<void(Outcome)> done);

    /// Ends its threads: sign_async() calls that wait are dropped, their `done` with them, and none runs on return.
    /// Blocks for as long as a call into the module does. Every later call throws Error(Unavailable).
    void stop() { threads_.stop(); }

    /// Drops the unwrapped copy, if any.
    void forget(const WrappedKey& key, Deadline deadline);

    /// False while the token is away or locked, and when a call into the module has not returned for the hang limit.
    [[nodiscard]] bool is_ready() const {
        return token_.state() == TokenState::Up && threads_.oldest_call() <= settings_.hang_limit;
    }
    /// True when so many threads hang that only a restart helps.
    [[nodiscard]] bool is_stuck() const { return 2 * threads_.stuck_threads(settings_.hang_limit) >= threads_.size(); }
    [[nodiscard]] const Bytes& kek_id() const { return kek_->id(); }
    [[nodiscard]] std::size_t cached_keys() const { return cache_.size(); }

private:
    template <class Work>
    auto with_recovery(Deadline deadline, const Work& work);
    [[nodiscard]] Bytes sign_verified(const WrappedKey& key, ByteView digest, Deadline deadline);
    void recover_from(const Pkcs11Error& error, Generation seen, unsigned tries, Deadline deadline);
    void require_mechanisms(const TokenUse& use) const;
    [[nodiscard]] WrappedKey create_once(const TokenUse& use, Deadline deadline);
    [[nodiscard]] Bytes sign_once(const TokenUse& use, const WrappedKey& key, ByteView digest, Deadline deadline);
    [[nodiscard]] ObjectHandle load(const TokenUse& use, SessionHandle session, const WrappedKey& key);
    [[nodiscard]] bool canary_opens(const TokenUse& use);

    Token& token_;
    Settings settings_;
    SessionPool pool_;
    VaultSession vault_;
    std::unique_ptr<Kek> kek_;
    std::unique_ptr<const WrappedKey> canary_;  ///< known to open: tells a damaged blob from a failing token
    KeyCache cache_;
    SigningThreads threads_;
};

}  // namespace sello::hsm
