#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>

#include "hsm/signer.h"
#include "signer/key_index.h"
#include "signer/key_vault.h"
#include "signer/last_used.h"

namespace sello::signer {

/// Keys of a PKCS#11 token: generated in it, at rest in the index under its wrapping key, used in it only. ECDSA P-256.
class HsmVault final : public KeyVault {
public:
    struct Settings {
        std::string token_serial;
        std::size_t known_keys = 10000;               ///< rows held in memory
        std::chrono::milliseconds time_limit{10000};  ///< of one call
        std::chrono::seconds last_used_interval{30};
    };

    HsmVault(hsm::Signer& signer, KeyIndex& index, const Clock& clock, Settings settings);

    [[nodiscard]] std::shared_ptr<const KeyRecord> create(const std::string& algorithm, const tuf::Gun& gun,
                                                          const tuf::RoleName& role) override;
    [[nodiscard]] std::shared_ptr<const KeyRecord> find(const tuf::KeyId& id) override;
    void sign(const std::shared_ptr<const KeyRecord>& key, ByteView message, Done done) override;
    void remove(const tuf::KeyId& id) override;
    [[nodiscard]] bool is_ready() const override;

private:
    /// A row as it is used: parsed once, then shared by all who sign with it.
    struct Known {
        KeyRecord record;
        std::shared_ptr<const hsm::WrappedKey> wrapped;
        std::atomic<bool> has_signed;
        Known(KeyRecord made, std::shared_ptr<const hsm::WrappedKey> key, bool used)
            : record(std::move(made)), wrapped(std::move(key)), has_signed(used) {}
    };
    using KnownKey = std::shared_ptr<Known>;
    using Order = std::list<KnownKey>;  ///< most recently used first

    [[nodiscard]] KnownKey lookup(const tuf::KeyId& id);
    /// Counts the removals so far; a row read since may be remembered only if there was none.
    [[nodiscard]] std::uint64_t removals();
    KnownKey remember(const IndexedKey& row, std::uint64_t removals_before_reading);
    void forget(const tuf::KeyId& id);
    void note_use(Known& key);

    hsm::Signer& signer_;
    KeyIndex& index_;
    Settings settings_;
    LastUsed last_used_;
    std::mutex mutex_;  ///< of what follows
    Order order_;
    std::unordered_map<std::string, Order::iterator> known_;
    std::uint64_t removals_ = 0;
};

}  // namespace sello::signer
