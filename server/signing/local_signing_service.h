#pragma once

#include <map>
#include <mutex>
#include <string>

#include "server/signing/signing_service.h"
#include "tuf/crypto/private_key.h"

namespace sello::server {

/// Keys in this process's memory, gone when it ends: for tests and for Notary's `trust_service.type: local`.
class LocalSigningService final : public SigningService {
public:
    [[nodiscard]] tuf::PublicKey create_key(const tuf::Gun& gun, const tuf::RoleName& role) override;
    [[nodiscard]] std::optional<tuf::PublicKey> find_key(const tuf::KeyId& canonical_id) override;
    [[nodiscard]] tuf::Signature sign(const tuf::Gun& gun, const tuf::RoleName& role, const tuf::PublicKey& key,
                                      ByteView message) override;
    void check_health() override {}

private:
    struct OwnedKey {
        tuf::PrivateKey key;
        std::string owner;
    };
    std::mutex mutex_;  // guards keys_
    std::map<tuf::KeyId, OwnedKey> keys_;
};

}  // namespace sello::server
