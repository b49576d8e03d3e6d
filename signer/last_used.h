#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "signer/key_index.h"

namespace sello::signer {

/// Keeps the column last_used. A key's first use is written at once, since it decides whether the key is still pending;
/// later ones are gathered and written by a thread of its own every `interval`, and at the end.
class LastUsed {
public:
    LastUsed(KeyIndex& index, const Clock& clock, std::chrono::seconds interval);
    LastUsed(const LastUsed&) = delete;
    LastUsed& operator=(const LastUsed&) = delete;
    LastUsed(LastUsed&&) = delete;
    LastUsed& operator=(LastUsed&&) = delete;
    ~LastUsed();

    /// Durable on return. Throws Error(Storage).
    void note_first(const tuf::KeyId& id);
    void note(const tuf::KeyId& id);

private:
    void write_gathered();
    void run(std::chrono::seconds interval);

    KeyIndex& index_;
    const Clock& clock_;
    std::mutex mutex_;
    std::condition_variable stopped_;
    bool stopping_ = false;
    std::map<tuf::KeyId, Instant> gathered_;
    std::thread thread_;
};

}  // namespace sello::signer
