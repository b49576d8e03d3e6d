#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "tuf/base/bytes.h"
#include "tuf/crypto/public_key.h"
#include "tuf/names/gun.h"
#include "tuf/names/role_name.h"

namespace sello::signer {

/// What is known of a key without opening it. Never changes once made.
struct KeyRecord {
    tuf::PublicKey public_key;
    tuf::Gun gun;
    tuf::RoleName role;
};

/// A signature, or why there is none.
struct SignOutcome {
    std::string method;  ///< `ecdsa`, `eddsa`, `rsapss`
    Bytes content;
    std::exception_ptr failure;
};

/// Where private keys are. For any thread. Every call may throw Error: Unavailable, DeadlineExceeded,
/// ResourceExhausted, FailedPrecondition, DataLoss, Storage.
class KeyVault {
public:
    using Done = std::function<void(SignOutcome)>;

    KeyVault() = default;
    KeyVault(const KeyVault&) = delete;
    KeyVault& operator=(const KeyVault&) = delete;
    KeyVault(KeyVault&&) = delete;
    KeyVault& operator=(KeyVault&&) = delete;
    virtual ~KeyVault() = default;

    /// The key of that GUN, role and algorithm that has not signed yet; if there is none, a new one. Durable on return.
    /// Throws Error(FailedPrecondition) for an algorithm that this vault cannot keep.
    [[nodiscard]] virtual std::shared_ptr<const KeyRecord> create(const std::string& algorithm, const tuf::Gun& gun,
                                                                  const tuf::RoleName& role) = 0;
    /// nullptr if there is no such key.
    [[nodiscard]] virtual std::shared_ptr<const KeyRecord> find(const tuf::KeyId& id) = 0;
    /// Signs with a key that find() gave, and calls `done`, on any thread and perhaps before this returns; past the
    /// time limit late or never. Once `done` is called, create() of this process never hands the key out again; the
    /// record on disk follows at once, but a process that is killed before may leave the key pending. `done` must not
    /// throw; this may, and then does not call it.
    virtual void sign(const std::shared_ptr<const KeyRecord>& key, ByteView message, Done done) = 0;
    /// The key is never used again. Removing an unknown key succeeds.
    virtual void remove(const tuf::KeyId& id) = 0;
    /// Whether it would sign just now.
    [[nodiscard]] virtual bool is_ready() const = 0;
};

}  // namespace sello::signer
