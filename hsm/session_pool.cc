#include "hsm/session_pool.h"

#include "hsm/pkcs11_error.h"
#include "tuf/base/log.h"

namespace sello::hsm {

SessionPool::~SessionPool() {
    try {
        const TokenUse use = token_.use();
        if (use.generation().library != generation_.library) return;
        for (const SessionHandle session : idle_) (void)use.functions().C_CloseSession(session);
    } catch (const Error&) {
        // Locked: the token's own end closes what is left.
    }
}

std::size_t SessionPool::open_count() const {
    const std::lock_guard lock(mutex_);
    return count_;
}

/// Starts afresh when the generation has risen. Sessions of a library that is gone must not even be closed.
void SessionPool::enter(const TokenUse& use) {
    if (generation_ >= use.generation()) return;
    if (generation_.library == use.generation().library)
        for (const SessionHandle session : idle_) (void)use.functions().C_CloseSession(session);
    idle_.clear();
    count_ = 0;
    generation_ = use.generation();
    changed_.notify_all();
}

SessionPool::Lease SessionPool::lease(const TokenUse& use, Deadline deadline) {
    std::unique_lock lock(mutex_);
    for (;;) {
        enter(use);
        if (!idle_.empty()) {
            const SessionHandle session = idle_.back();
            idle_.pop_back();
            return {*this, use, session, generation_};
        }
        if (count_ < bound_) {
            ++count_;
            const Generation generation = generation_;
            lock.unlock();
            try {
                return {*this, use, open(use), generation};
            } catch (const Pkcs11Error& error) {
                lock.lock();
                if (generation_ == generation) --count_;
                if (error.reaction() != Reaction::Wait || count_ == 0) throw;
                bound_ = count_;
                log::warning("token gives fewer sessions than configured", {{"sessions", std::uint64_t{bound_}}});
                continue;
            }
        }
        if (changed_.wait_until(lock, deadline) == std::cv_status::timeout)
            throw Error(Fault::ResourceExhausted, concat("token sessions: all ", bound_, " are busy"));
    }
}

SessionHandle SessionPool::open(const TokenUse& use) {
    SessionHandle session = 0;
    check_pkcs11(
        use.functions().C_OpenSession(use.slot(), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session),
        "C_OpenSession");
    return session;
}

void SessionPool::give_back(const TokenUse& use, SessionHandle session, Generation generation, bool usable) noexcept {
    std::unique_lock lock(mutex_);
    if (generation_ == generation && usable) {
        idle_.push_back(session);
    } else {
        if (generation_ == generation) --count_;
        lock.unlock();
        (void)use.functions().C_CloseSession(session);  // `use` still holds the gate: the library is the one it was
    }
    changed_.notify_one();
}

}  // namespace sello::hsm
