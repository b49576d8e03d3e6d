#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "hsm/cryptoki.h"
#include "tuf/base/error.h"

namespace sello::hsm {

/// The fixed threads that do all Cryptoki calls. A caller leaves at its deadline, even if a call into the module never
/// returns; what it asked for must therefore own all its data.
class SigningThreads {
public:
    SigningThreads(std::size_t threads, std::size_t most_waiting);
    SigningThreads(const SigningThreads&) = delete;
    SigningThreads& operator=(const SigningThreads&) = delete;
    SigningThreads(SigningThreads&&) = delete;
    SigningThreads& operator=(SigningThreads&&) = delete;
    ~SigningThreads();

    /// Drops what waits, so that its callers get DeadlineExceeded and what was posted is never called, and returns when
    /// what is running has ended. From then on post() refuses, and nothing that `work` owned is left. May be repeated,
    /// by one thread at a time.
    void stop();

    /// Runs `work` on one of the threads and returns its result or throws its exception. Throws Error:
    /// DeadlineExceeded, ResourceExhausted if too many callers wait already.
    template <class Work>
    auto run(Deadline deadline, Work work) {
        using Result = std::invoke_result_t<Work>;
        const auto task = std::make_shared<std::packaged_task<Result()>>(std::move(work));
        std::future<Result> result = task->get_future();
        post(deadline, [task](bool in_time) {
            if (in_time) (*task)();
        });
        if (result.wait_until(deadline) == std::future_status::ready) try {
                return result.get();
            } catch (const std::future_error&) {
                // It came up too late and was dropped.
            }
        throw Error(Fault::DeadlineExceeded, "token: no answer before the deadline");
    }

    /// Runs `work(true)` on one of the threads, or `work(false)` if `deadline` is past when its turn comes. `work` must
    /// not throw. Throws Error: ResourceExhausted if too many wait already, Unavailable after stop().
    void post(Deadline deadline, std::function<void(bool in_time)> work);

    /// How long the oldest call still running has been running.
    [[nodiscard]] std::chrono::milliseconds oldest_call() const;
    /// Threads whose call has been running for longer than `limit`.
    [[nodiscard]] std::size_t stuck_threads(std::chrono::milliseconds limit) const;
    [[nodiscard]] std::size_t size() const noexcept { return threads_.size(); }

private:
    struct Job {
        Deadline deadline;
        std::function<void(bool in_time)> work;
    };
    void serve(std::atomic<std::int64_t>& started);

    const std::size_t most_waiting_;
    mutable std::mutex mutex_;
    std::condition_variable wanted_;
    std::deque<Job> jobs_;
    bool stopping_ = false;
    std::vector<std::atomic<std::int64_t>> started_;  ///< steady clock ticks of each thread's call; 0 when idle
    std::vector<std::thread> threads_;
};

}  // namespace sello::hsm
