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
    stopped_.notify_all();
    thread_.join();
    write_gathered();
}

void LastUsed::note_first(const tuf::KeyId& id) { index_.mark_used(id, clock_.now()); }

void LastUsed::note(const tuf::KeyId& id) {
    const Instant now = clock_.now();
    const std::lock_guard lock(mutex_);
    gathered_.insert_or_assign(id, now);
}

void LastUsed::write_gathered() {
    std::map<tuf::KeyId, Instant> gathered;
    {
        const std::lock_guard lock(mutex_);
        gathered.swap(gathered_);
    }
    for (const auto& [id, when] : gathered) try {
            index_.mark_used(id, when);
        } catch (const Error& error) {
            log::error("last use not recorded", {{"key_id", id}, {"reason", error.what()}});
        }
}

void LastUsed::run(std::chrono::seconds interval) {
    std::unique_lock lock(mutex_);
    while (!stopped_.wait_for(lock, interval, [this] { return stopping_; })) {
        lock.unlock();
        write_gathered();
        lock.lock();
    }
}

}  // namespace sello::signer
