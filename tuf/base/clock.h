#pragma once

#include <atomic>
#include <chrono>

#include "tuf/base/instant.h"

namespace sello {

/// UTC now. A seam, so that tests set the time by hand.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    Clock(Clock&&) = delete;
    Clock& operator=(Clock&&) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        using std::chrono::duration_cast;
        const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
        const auto rest = duration_cast<std::chrono::nanoseconds>(since_epoch - seconds);
        return {seconds.count(), static_cast<std::int32_t>(rest.count())};
    }
};

/// Stands still until it is told otherwise. For any thread.
class HandSetClock final : public Clock {
public:
    explicit HandSetClock(Instant now) : seconds_(now.seconds) {}
    [[nodiscard]] Instant now() const override { return {seconds_.load(), 0}; }
    void set(Instant now) { seconds_ = now.seconds; }
    void advance(std::chrono::seconds by) { seconds_ += by.count(); }

private:
    std::atomic<std::int64_t> seconds_;
};

}  // namespace sello
