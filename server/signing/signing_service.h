#pragma once

#include <optional>
#include <string>

#include "tuf/crypto/public_key.h"
#include "tuf/metadata/signed.h"
#include "tuf/names/gun.h"
#include "tuf/names/role_name.h"

namespace sello::server {

/// The keys of the roles that the server signs. For any thread; calls may block, but not past a deadline.
class SigningService {
public:
    SigningService() = default;
    SigningService(const SigningService&) = delete;
    SigningService& operator=(const SigningService&) = delete;
    SigningService(SigningService&&) = delete;
    SigningService& operator=(SigningService&&) = delete;
    virtual ~SigningService() = default;

    /// A key for this role of this collection. One that has never signed may be handed out again.
    [[nodiscard]] virtual tuf::PublicKey create_key(const tuf::Gun& gun, const tuf::RoleName& role) = 0;
    /// nullopt if the service does not hold the key of this canonical id. Answers may be remembered.
    [[nodiscard]] virtual std::optional<tuf::PublicKey> find_key(const tuf::KeyId& canonical_id) = 0;
    /// Signs with `key`, which must have been made for this collection and role: a service that can tell refuses
    /// others. The signature carries key.id(). Throws Error: NotFound with the text of Notary's signer if the key is
    /// not held, Unavailable or DeadlineExceeded if the service is away.
    [[nodiscard]] virtual tuf::Signature sign(const tuf::Gun& gun, const tuf::RoleName& role, const tuf::PublicKey& key,
                                              ByteView message) = 0;
    /// Throws Error(Fault::Unavailable or DeadlineExceeded) if it cannot work now.
    virtual void check_health() = 0;
};

}  // namespace sello::server
