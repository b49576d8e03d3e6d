#include "server/signing/local_signing_service.h"

#include "tuf/base/error.h"

namespace sello::server {
namespace {

std::string owner_of(const tuf::Gun& gun, const tuf::RoleName& role) { return concat(gun, " ", role); }

}  // namespace

tuf::PublicKey LocalSigningService::create_key(const tuf::Gun& gun, const tuf::RoleName& role) {
    auto key = tuf::PrivateKey::generate_ecdsa_p256();
    tuf::PublicKey public_key = key.public_key();
    const std::lock_guard lock(mutex_);
    keys_.emplace(public_key.id(), OwnedKey{std::move(key), owner_of(gun, role)});
    return public_key;
}

std::optional<tuf::PublicKey> LocalSigningService::find_key(const tuf::KeyId& canonical_id) {
    const std::lock_guard lock(mutex_);
    const auto it = keys_.find(canonical_id);
    if (it == keys_.end()) return std::nullopt;
    return it->second.key.public_key();
}

tuf::Signature LocalSigningService::sign(const tuf::Gun& gun, const tuf::RoleName& role, const tuf::PublicKey& key,
                                         ByteView message) {
    const std::lock_guard lock(mutex_);
    const auto it = keys_.find(key.canonical_id());
    if (it == keys_.end() || it->second.owner != owner_of(gun, role))
        throw Error(Fault::NotFound, concat("key ", key.canonical_id(), " for ", gun, " ", role, " not found"));
    return it->second.key.sign(message, key.id());
}

}  // namespace sello::server
