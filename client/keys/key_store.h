#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/keys/passphrase.h"
#include "tuf/authoring/repository_editor.h"
#include "tuf/crypto/private_key.h"
#include "tuf/names/gun.h"

namespace sello::client {

/// A key that is in the store, as its headers describe it.
struct KeyEntry {
    std::string key_id;  ///< canonical: the file's name
    std::string role;    ///< `root`, `targets`, `snapshot`, or a signer's name
    std::string gun;     ///< empty for root and delegation keys
};

/// `private/` of a trust directory: one encrypted file a key. Opened keys stay open until the store is gone. Keys where
/// Notary kept them before 0.4, in `root_keys/` and `tuf_keys/GUN/`, are found and left there; notary itself moves
/// them.
class KeyStore {
public:
    KeyStore(std::filesystem::path folder, Passphrases& passphrases)
        : folder_(std::move(folder)), passphrases_(passphrases) {}

    /// What is listed, sorted by id. Files that hold no key are left out.
    [[nodiscard]] std::vector<KeyEntry> list() const;
    /// Stores a key under a new passphrase. `gun` is kept for targets and snapshot keys only, as Notary does.
    void add(const tuf::PrivateKey& key, const std::string& role, const std::string& gun);
    /// Null if the store does not hold it. Asks for its passphrase. Throws Error(Fault::Unauthorized) if none opens it:
    /// a key that is there but stays closed is not a missing key.
    [[nodiscard]] const tuf::PrivateKey* find(const tuf::KeyId& canonical_id);
    /// For RepositoryEditor::sign.
    [[nodiscard]] tuf::PrivateKeyFinder finder();

private:
    [[nodiscard]] std::filesystem::path file_of(const std::string& key_id) const { return folder_ / (key_id + ".key"); }

    std::filesystem::path folder_;
    Passphrases& passphrases_;
    std::map<tuf::KeyId, tuf::PrivateKey> open_;
};

}  // namespace sello::client
