#pragma once

#include <atomic>
#include <chrono>
#include <shared_mutex>
#include <thread>

namespace sello::hsm {

/// Shared for every Cryptoki call, exclusive for finalise and initialise. Waiting for the exclusive side shuts the door
/// to newcomers, so that it is not starved, and has a time limit, since a hung call never gives up its share.
class Gate {
public:
    void lock_shared() {
        closing_.wait(true);
        calls_.lock_shared();
    }
    void unlock_shared() { calls_.unlock_shared(); }

    /// False if calls were still running after `limit`. One thread at a time.
    [[nodiscard]] bool try_lock_for(std::chrono::milliseconds limit) {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        closing_ = true;
        while (!calls_.try_lock()) {
            if (std::chrono::steady_clock::now() >= deadline) {
                open();
                return false;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return true;
    }
    void unlock() {
        calls_.unlock();
        open();
    }

private:
    void open() {
        closing_ = false;
        closing_.notify_all();
    }
    std::shared_mutex calls_;
    std::atomic<bool> closing_ = false;
};

}  // namespace sello::hsm
