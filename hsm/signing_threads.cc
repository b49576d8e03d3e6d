#include "hsm/signing_threads.h"

#include <algorithm>

namespace sello::hsm {
namespace {

using Steady = std::chrono::steady_clock;

std::int64_t ticks_now() { return Steady::now().time_since_epoch().count(); }

}  // namespace

SigningThreads::SigningThreads(std::size_t threads, std::size_t most_waiting)
    : most_waiting_(most_waiting), started_(threads) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { serve(started_[i]); });
}

SigningThreads::~SigningThreads() { stop(); }

void SigningThreads::stop() {
    std::deque<Job> dropped;  // what it owns goes without the lock
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        dropped.swap(jobs_);
    }
    dropped.clear();
    wanted_.notify_all();
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

void SigningThreads::post(Deadline deadline, std::function<void(bool)> work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) throw Error(Fault::Unavailable, "token: shutting down");
        if (jobs_.size() >= most_waiting_)
            throw Error(Fault::ResourceExhausted, concat("token: ", most_waiting_, " callers wait already"));
        jobs_.push_back({deadline, std::move(work)});
    }
    wanted_.notify_one();
}

void SigningThreads::serve(std::atomic<std::int64_t>& started) {
    std::unique_lock lock(mutex_);
    for (;;) {
        wanted_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        started = ticks_now();
        job.work(Steady::now() < job.deadline);
        started = 0;
        job = {};
        lock.lock();
    }
}

std::chrono::milliseconds SigningThreads::oldest_call() const {
    std::int64_t oldest = 0;
    const std::int64_t now = ticks_now();
    for (const auto& started : started_)
        if (const std::int64_t since = started; since != 0) oldest = std::max(oldest, now - since);
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::duration(oldest));
}

std::size_t SigningThreads::stuck_threads(std::chrono::milliseconds limit) const {
    const std::int64_t now = ticks_now();
    return static_cast<std::size_t>(std::count_if(started_.begin(), started_.end(), [&](const auto& started) {
        const std::int64_t since = started;
        return since != 0 && Steady::duration(now - since) > limit;
    }));
}

}  // namespace sello::hsm
