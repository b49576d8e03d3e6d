#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <mutex>

#include "tuf/base/error.h"
#include "tuf/names/gun.h"

namespace sello::server {

/// One writer at a time for each collection. Collections that share a stripe wait for each other, seldom and briefly.
class CollectionLocks {
public:
    /// `most_waiting`: how many changes may wait for one collection, so that the workers do not all wait there.
    explicit CollectionLocks(std::size_t most_waiting) : most_waiting_(most_waiting) {}

    /// For who reads what may have to be renewed first.
    [[nodiscard]] std::unique_lock<std::mutex> lock(const tuf::Gun& gun) { return std::unique_lock(stripe(gun).mutex); }

    /// For who changes the collection. Throws Error(Fault::ResourceExhausted) if too many wait already.
    [[nodiscard]] std::unique_lock<std::mutex> lock_to_change(const tuf::Gun& gun) {
        Stripe& wanted = stripe(gun);
        std::unique_lock lock(wanted.mutex, std::try_to_lock);
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
        std::mutex mutex;
        std::atomic<std::size_t> waiting = 0;
    };
    [[nodiscard]] Stripe& stripe(const tuf::Gun& gun) { return stripes_[std::hash<tuf::Gun>{}(gun) % stripes_.size()]; }

    std::size_t most_waiting_;
    std::array<Stripe, 4096> stripes_;
};

}  // namespace sello::server
