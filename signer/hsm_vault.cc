#include "signer/hsm_vault.h"

#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace sello::signer {
namespace {

const std::string kEcdsa = "ecdsa";

std::shared_ptr<const hsm::WrappedKey> wrapped_key_of(const IndexedKey& row) {
    return std::make_shared<const hsm::WrappedKey>(
        hsm::WrappedKey{.public_key = hsm::EcPublicKey::from_spki(row.record.public_key.bytes()),
                        .kek_id = row.wrapped.kek_id,
                        .mechanism = row.wrapped.mechanism,
                        .blob = row.wrapped.blob});
}

/// The record, sharing the life of what holds it.
template <class Known>
std::shared_ptr<const KeyRecord> record_of(const std::shared_ptr<Known>& known) {
    return {known, &known->record};
}

}  // namespace

HsmVault::HsmVault(hsm::Signer& signer, KeyIndex& index, const Clock& clock, Settings settings)
    : signer_(signer),
      index_(index),
      settings_(std::move(settings)),
      last_used_(index, clock, settings_.last_used_interval) {}

std::uint64_t HsmVault::removals() {
    const std::lock_guard lock(mutex_);
    return removals_;
}

HsmVault::KnownKey HsmVault::remember(const IndexedKey& row, std::uint64_t removals_before_reading) {
    auto made = std::make_shared<Known>(row.record, wrapped_key_of(row), row.has_signed);
    const std::string& id = made->record.public_key.id().str();
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(id); found != known_.end()) return *found->second;
    if (removals_ != removals_before_reading) return made;  // perhaps this very row: good for this call only
    order_.push_front(made);
    known_[id] = order_.begin();
    if (known_.size() > settings_.known_keys) {
        known_.erase(order_.back()->record.public_key.id().str());
        order_.pop_back();
    }
    return made;
}

HsmVault::KnownKey HsmVault::lookup(const tuf::KeyId& id) {
    std::uint64_t removals_before = 0;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = known_.find(id.str()); found != known_.end()) {
            order_.splice(order_.begin(), order_, found->second);
            return *found->second;
        }
        removals_before = removals_;
    }
    const std::optional<IndexedKey> row = index_.find(id);
    if (!row) return nullptr;
    if (row->record.public_key.id() != id)
        throw Error(Fault::DataLoss,
                    concat("key ", id, ": its row holds the public key of ", row->record.public_key.id()));
    return remember(*row, removals_before);
}

void HsmVault::forget(const tuf::KeyId& id) {
    const std::lock_guard lock(mutex_);
    ++removals_;
    const auto found = known_.find(id.str());
    if (found == known_.end()) return;
    order_.erase(found->second);
    known_.erase(found);
}

std::shared_ptr<const KeyRecord> HsmVault::create(const std::string& algorithm, const tuf::Gun& gun,
                                                  const tuf::RoleName& role) {
    if (algorithm != kEcdsa)
        throw Error(Fault::Malformed,
                    concat("algorithm ", algorithm, ": the token cannot wrap such keys, want ", kEcdsa));
    last_used_.flush();  // a key that has signed is not pending any more
    const std::uint64_t removals_before = removals();
    if (const auto pending = index_.find_pending(algorithm, gun, role))
        return record_of(remember(*pending, removals_before));

    const hsm::WrappedKey made = signer_.create(hsm::deadline_in(settings_.time_limit));
    const IndexedKey row{.record = {tuf::PublicKey(kEcdsa, made.public_key.spki()), gun, role},
                         .wrapped = {.token_serial = settings_.token_serial,
                                     .kek_id = made.kek_id,
                                     .mechanism = made.mechanism,
                                     .blob = made.blob},
                         .has_signed = false};
    return record_of(remember(index_.insert_unless_pending(row), removals_before));
}

std::shared_ptr<const KeyRecord> HsmVault::find(const tuf::KeyId& id) {
    const KnownKey known = lookup(id);
    return known ? record_of(known) : nullptr;
}

void HsmVault::sign(const std::shared_ptr<const KeyRecord>& key, ByteView message, Done done) {
    const KnownKey known = lookup(key->public_key.id());
    if (!known) throw Error(Fault::NotFound, concat("signing key not found: ", key->public_key.id()));
    signer_.sign_async(known->wrapped, message, hsm::deadline_in(settings_.time_limit),
                       [this, known, done = std::move(done)](hsm::Signer::Outcome outcome) {
                           if (!outcome.failure) note_use(*known);
                           done({kEcdsa, std::move(outcome.signature), std::move(outcome.failure)});
                       });
}

void HsmVault::note_use(Known& key) {
    const bool was_used = key.has_signed.exchange(true);
    last_used_.note(key.record.public_key.id(), was_used ? LastUsed::Use::Later : LastUsed::Use::First);
}

void HsmVault::remove(const tuf::KeyId& id) {
    const KnownKey key = lookup(id);
    if (!key) return;
    index_.mark_deleted(id);
    forget(id);
    signer_.forget(*key->wrapped, hsm::deadline_in(settings_.time_limit));
}

bool HsmVault::is_ready() const { return signer_.is_ready(); }

}  // namespace sello::signer
