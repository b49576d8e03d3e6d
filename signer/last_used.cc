#include "signer/last_used.h"

#include <utility>

#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace sello::signer {

LastUsed::LastUsed(KeyIndex& index, const Clock& clock, std::chrono::seconds interval)
    : index_(index), clock_(clock), thread_([this, interval] { run(interval); }) {}

LastUsed::~LastUsed() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    woken_.notify_all();
    thread_.join();
    flush_or_log();
}

void LastUsed::note(const tuf::KeyId& id, Use use) {
    const Instant now = clock_.now();
    {
        const std::lock_guard lock(mutex_);
        gathered_.insert_or_assign(id, now);
        if (use == Use::Later || first_use_waits_) return;
        first_use_waits_ = true;
    }
    woken_.notify_all();
}

void LastUsed::flush() {
    const std::lock_guard one_at_a_time(flushing_);
    std::map<tuf::KeyId, Instant> batch;
    {
        const std::lock_guard lock(mutex_);
        batch.swap(gathered_);
        first_use_waits_ = false;
    }
    if (batch.empty()) return;
    try {
        index_.mark_used(batch);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        gathered_.merge(batch);  // what was noted meanwhile is newer, and stays
        throw;
    }
}

void LastUsed::flush_or_log() {
    try {
        flush();
    } catch (const Error& error) {
        log::error("last use not recorded", {{"reason", error.what()}});
    }
}

void LastUsed::run(std::chrono::seconds interval) {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        woken_.wait_for(lock, interval, [this] { return stopping_ || first_use_waits_; });
        lock.unlock();
        flush_or_log();
        lock.lock();
    }
}

}  // namespace sello::signer
