#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "signer/key_index.h"

namespace sello::signer {

/// Keeps the column last_used, on a thread of its own, so that no signature waits for the disk. A key's first use,
/// which ends its being pending, is written as soon as the thread is free, together with all that were noted meanwhile;
/// later ones every `interval`, and at the end. Who asks for a pending key flushes first.
class LastUsed {
public:
    LastUsed(KeyIndex& index, const Clock& clock, std::chrono::seconds interval);
    LastUsed(const LastUsed&) = delete;
    LastUsed& operator=(const LastUsed&) = delete;
    LastUsed(LastUsed&&) = delete;
    LastUsed& operator=(LastUsed&&) = delete;
    ~LastUsed();

    enum class Use { First, Later };
    void note(const tuf::KeyId& id, Use use);
    /// What was noted before is durable on return. Throws Error(Storage) and its kin; it is tried again later then.
    void flush();

private:
    void flush_or_log();
    void run(std::chrono::seconds interval);

    KeyIndex& index_;
    const Clock& clock_;
    std::mutex flushing_;  // held while a batch is on its way to the disk
    std::mutex mutex_;     // guards all below
    std::condition_variable woken_;
    bool stopping_ = false;
    bool first_use_waits_ = false;
    std::map<tuf::KeyId, Instant> gathered_;
    std::thread thread_;
};

}  // namespace sello::signer
