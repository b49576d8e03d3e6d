#include "hsm/key_cache.h"

#include <optional>

#include "tuf/base/error.h"

namespace sello::hsm {

struct KeyCache::Entry {
    std::string name;
    Generation generation;
    std::optional<ObjectHandle> handle;  ///< none while it is being loaded
    unsigned pins = 0;
};

KeyCache::Pin::~Pin() {
    if (entry_) cache_->unpin(*entry_);
}

ObjectHandle KeyCache::Pin::handle() const noexcept { return *entry_->handle; }

std::size_t KeyCache::size() const {
    const std::lock_guard lock(mutex_);
    return by_name_.size();
}

void KeyCache::unpin(Entry& entry) noexcept {
    const std::lock_guard lock(mutex_);
    --entry.pins;
}

void KeyCache::insert(std::shared_ptr<Entry> entry) {
    const std::string name = entry->name;
    order_.push_front(std::move(entry));
    by_name_[name] = order_.begin();
}

/// Takes the oldest keys out until the bound holds; returns the objects to destroy. Objects of another generation died
/// with their session.
std::vector<ObjectHandle> KeyCache::evict(const TokenUse& use) {
    std::vector<ObjectHandle> objects;
    auto oldest = order_.end();
    while (by_name_.size() > capacity_ && oldest != order_.begin()) {
        --oldest;
        const Entry& entry = **oldest;
        if (entry.pins > 0) continue;
        if (entry.handle && entry.generation == use.generation()) objects.push_back(*entry.handle);
        by_name_.erase(entry.name);
        oldest = order_.erase(oldest);
    }
    return objects;
}

KeyCache::Pin KeyCache::get(const TokenUse& use, const std::string& name, Deadline deadline, const Load& load) {
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto found = by_name_.find(name);
        if (found == by_name_.end()) break;
        const std::shared_ptr<Entry> entry = *found->second;
        if (entry->generation != use.generation()) {
            order_.erase(found->second);
            by_name_.erase(found);
            break;
        }
        if (entry->handle) {
            order_.splice(order_.begin(), order_, found->second);
            ++entry->pins;
            return {*this, entry};
        }
        if (loaded_.wait_until(lock, deadline) == std::cv_status::timeout)
            throw Error(Fault::DeadlineExceeded, "key cache: another thread is still unwrapping the key");
    }

    const auto entry = std::make_shared<Entry>(Entry{name, use.generation(), std::nullopt, 1});
    insert(entry);
    lock.unlock();
    try {
        const ObjectHandle handle = load();
        lock.lock();
        entry->handle = handle;
    } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        const auto mine = by_name_.find(name);
        if (mine != by_name_.end() && *mine->second == entry) {
            order_.erase(mine->second);
            by_name_.erase(mine);
        }
        loaded_.notify_all();
        throw;
    }
    Pin pin(*this, entry);
    const std::vector<ObjectHandle> evicted = evict(use);
    lock.unlock();
    loaded_.notify_all();
    for (const ObjectHandle object : evicted) destroy_(use, object);
    return pin;
}

void KeyCache::forget(const TokenUse& use, const std::string& name) {
    std::optional<ObjectHandle> object;
    {
        const std::lock_guard lock(mutex_);
        const auto found = by_name_.find(name);
        if (found == by_name_.end() || !(*found->second)->handle) return;
        const Entry& entry = **found->second;
        if (entry.generation == use.generation() && entry.pins == 0) object = entry.handle;
        order_.erase(found->second);
        by_name_.erase(name);
    }
    if (object) destroy_(use, *object);
}

}  // namespace sello::hsm
