#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "schemas/database/database.h"
#include "signer/key_vault.h"
#include "tuf/base/clock.h"

namespace sello::signer {

/// A private key as a token can open it.
struct WrappedPrivateKey {
    std::string token_serial;
    Bytes kek_id;
    std::uint64_t mechanism = 0;
    Bytes blob;

    friend bool operator==(const WrappedPrivateKey&, const WrappedPrivateKey&) = default;
};

/// A row of the index.
struct IndexedKey {
    KeyRecord record;
    WrappedPrivateKey wrapped;
    bool has_signed = false;
};

/// The tables private_keys and sello_wrapped_keys. Changes are durable on return. For any thread. Throws Error(Storage)
/// and its kin.
class KeyIndex {
public:
    /// Creates the file if it is missing and brings the schema up to date.
    KeyIndex(const std::string& path, const Clock& clock);

    /// nullopt for unknown and for deleted keys.
    [[nodiscard]] std::optional<IndexedKey> find(const tuf::KeyId& id);
    /// The key that has not signed yet; of several, the one with the lowest id.
    [[nodiscard]] std::optional<IndexedKey> find_pending(const std::string& algorithm, const tuf::Gun& gun,
                                                         const tuf::RoleName& role);
    /// Stores a key, unless another writer has made one for the same purpose meanwhile. Returns the one that stands.
    [[nodiscard]] IndexedKey insert_unless_pending(const IndexedKey& key);
    /// These keys have signed, each at its time. All of them or none.
    void mark_used(const std::map<tuf::KeyId, Instant>& uses);
    void mark_deleted(const tuf::KeyId& id);

private:
    // Two connections, so that nobody who reads waits for a commit to reach the disk.
    std::mutex writing_;
    schemas::Database writer_;
    std::mutex reading_;
    schemas::Database reader_;
    const Clock& clock_;
};

}  // namespace sello::signer
