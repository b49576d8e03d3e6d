#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "hsm/token.h"

namespace sello::hsm {

/// Read-write sessions, borrowed last in first out, at most `bound` at a time. For any thread.
class SessionPool {
public:
    class Lease;

    SessionPool(Token& token, std::size_t bound) : token_(token), bound_(bound) {}
    SessionPool(const SessionPool&) = delete;
    SessionPool& operator=(const SessionPool&) = delete;
    SessionPool(SessionPool&&) = delete;
    SessionPool& operator=(SessionPool&&) = delete;
    ~SessionPool();

    /// A session of `use`'s generation; waits for one until `deadline`. The lease must not outlive `use`.
    /// Throws Error(ResourceExhausted) at the deadline, Pkcs11Error if none can be opened.
    [[nodiscard]] Lease lease(const TokenUse& use, Deadline deadline);

    /// Sessions out and idle, of the current generation.
    [[nodiscard]] std::size_t open_count() const;

private:
    void give_back(const TokenUse& use, SessionHandle session, Generation generation, bool usable) noexcept;
    void enter(const TokenUse& use);
    [[nodiscard]] SessionHandle open(const TokenUse& use);

    Token& token_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t bound_;  ///< lowered if the token gives fewer
    Generation generation_;
    std::size_t count_ = 0;  ///< of generation_; leases of older ones are not counted
    std::vector<SessionHandle> idle_;
};

/// A borrowed session. It is closed when the lease ends, unless keep() was called: a session that saw any error is not
/// used again, since the module may have left an operation active in it.
class SessionPool::Lease {
public:
    Lease(SessionPool& pool, const TokenUse& use, SessionHandle session, Generation generation)
        : pool_(pool), use_(use), session_(session), generation_(generation) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&&) = delete;
    Lease& operator=(Lease&&) = delete;
    ~Lease() { pool_.give_back(use_, session_, generation_, kept_); }

    [[nodiscard]] SessionHandle session() const noexcept { return session_; }
    /// All went well: the session may serve the next caller.
    void keep() noexcept { kept_ = true; }

private:
    SessionPool& pool_;
    const TokenUse& use_;
    SessionHandle session_;
    Generation generation_;  ///< of the pool when it was lent
    bool kept_ = false;
};

}  // namespace sello::hsm
