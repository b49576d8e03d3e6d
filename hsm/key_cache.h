#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "hsm/token.h"

namespace sello::hsm {

/// Unwrapped keys by name: handles of session objects, least recently used out first. A handle is good only for its own
/// generation. A key in use is pinned and not evicted; a key is loaded by one thread at a time. For any thread.
class KeyCache {
    struct Entry;

public:
    /// Makes the object and returns its handle; throws to report why not.
    using Load = std::function<ObjectHandle()>;
    /// Destroys an object that was evicted; must not throw. Called with no lock held.
    using Destroy = std::function<void(const TokenUse&, ObjectHandle)>;

    /// Keeps the object while it lives.
    class Pin {
    public:
        Pin(KeyCache& cache, std::shared_ptr<Entry> entry) : cache_(&cache), entry_(std::move(entry)) {}
        Pin(Pin&&) = default;
        Pin& operator=(Pin&&) = delete;
        Pin(const Pin&) = delete;
        Pin& operator=(const Pin&) = delete;
        ~Pin();
        [[nodiscard]] ObjectHandle handle() const noexcept;

    private:
        KeyCache* cache_;
        std::shared_ptr<Entry> entry_;
    };

    KeyCache(std::size_t capacity, Destroy destroy) : capacity_(capacity), destroy_(std::move(destroy)) {}

    /// The key's handle, loaded if it is not here or of another generation. Waits while another thread loads it, until
    /// `deadline`. Throws what `load` throws, and Error(DeadlineExceeded).
    [[nodiscard]] Pin get(const TokenUse& use, const std::string& name, Deadline deadline, const Load& load);
    /// Forgets a key, for instance because its handle turned out to be stale; its object is destroyed if it is still
    /// ours.
    void forget(const TokenUse& use, const std::string& name);
    [[nodiscard]] std::size_t size() const;

private:
    using Order = std::list<std::shared_ptr<Entry>>;  ///< most recently used first
    void insert(std::shared_ptr<Entry> entry);
    [[nodiscard]] std::vector<ObjectHandle> evict(const TokenUse& use);
    void unpin(Entry& entry) noexcept;

    const std::size_t capacity_;
    const Destroy destroy_;
    mutable std::mutex mutex_;
    std::condition_variable loaded_;
    Order order_;
    std::unordered_map<std::string, Order::iterator> by_name_;
};

}  // namespace sello::hsm
