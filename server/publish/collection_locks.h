#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <mutex>

#include "tuf/base/error.h"
#include "tuf/names/gun.h"

namespace sello::server {

/// Two locks for each collection: that of whoever changes it, held while the signer is asked, and within it that of its
/// state, held for moments. Collections that share a stripe wait for each other, seldom.
class CollectionLocks {
public:
    /// `most_waiting`: how many changes may wait for one collection, so that the workers do not all wait there.
    explicit CollectionLocks(std::size_t most_waiting) : most_waiting_(most_waiting) {}

    /// What is stored and what is cached stay the same while this is held. Never ask the signer meanwhile.
    [[nodiscard]] std::unique_lock<std::mutex> lock_state(const tuf::Gun& gun) {
        return std::unique_lock(stripe(gun).state);
    }

    /// For who changes the collection: one at a time. Throws Error(Fault::ResourceExhausted) if too many wait already.
    [[nodiscard]] std::unique_lock<std::mutex> lock_to_change(const tuf::Gun& gun) {
        Stripe& wanted = stripe(gun);
        std::unique_lock lock(wanted.changes, std::try_to_lock);
        if (lock.owns_lock()) return lock;
        if (++wanted.waiting > most_waiting_) {
            --wanted.waiting;
            throw Error(Fault::ResourceExhausted, concat(gun, ": ", most_waiting_, " other changes wait already"));
        }
        lock.lock();
        --wanted.waiting;
        return lock;
    }

private:
    struct Stripe {
        std::mutex changes;
        std::mutex state;
        std::atomic<std::size_t> waiting = 0;
    };
    [[nodiscard]] Stripe& stripe(const tuf::Gun& gun) { return stripes_[std::hash<tuf::Gun>{}(gun) % stripes_.size()]; }

    std::size_t most_waiting_;
    std::array<Stripe, 4096> stripes_;
};

}  // namespace sello::server
