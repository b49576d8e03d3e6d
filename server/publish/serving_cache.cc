#include "server/publish/serving_cache.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace sello::server {

const ServingCache::Shard& ServingCache::shard(std::string_view gun) const {
    return shards_[std::hash<std::string_view>{}(gun) % kShards];
}
ServingCache::Shard& ServingCache::shard(std::string_view gun) {
    return shards_[std::hash<std::string_view>{}(gun) % kShards];
}

std::shared_ptr<const http::PreparedResponse> ServingCache::find(std::string_view gun, std::string_view tail,
                                                                 std::int64_t now_seconds) const {
    const Shard& of = shard(gun);
    const std::shared_lock lock(of.mutex);
    const auto entry = of.entries.find(gun);
    if (entry == of.entries.end()) return nullptr;
    const auto answer = entry->second.answers.find(tail);
    if (answer == entry->second.answers.end()) return nullptr;
    if (answer->second.is_current && now_seconds >= entry->second.fresh_until) return nullptr;
    entry->second.last_used.store(uses_.fetch_add(1, std::memory_order_relaxed), std::memory_order_relaxed);
    return answer->second.response;
}

std::shared_ptr<const Repository> ServingCache::repository(const tuf::Gun& gun) const {
    const Shard& of = shard(gun.str());
    const std::shared_lock lock(of.mutex);
    const auto entry = of.entries.find(gun.str());
    return entry == of.entries.end() ? nullptr : entry->second.repository;
}

std::int64_t ServingCache::fresh_until(const tuf::Gun& gun) const {
    const Shard& of = shard(gun.str());
    const std::shared_lock lock(of.mutex);
    const auto entry = of.entries.find(gun.str());
    return entry == of.entries.end() ? 0 : entry->second.fresh_until;
}

void ServingCache::put(const tuf::Gun& gun, std::shared_ptr<const Repository> repository,
                       std::int64_t fresh_until_seconds) {
    Shard& of = shard(gun.str());
    const std::unique_lock lock(of.mutex);
    Entry& entry = of.entries[gun.str()];
    of.bytes -= entry.bytes;
    entry.answers.clear();
    entry.bytes = repository->size();
    entry.repository = std::move(repository);
    entry.fresh_until = fresh_until_seconds;
    entry.last_used = uses_.fetch_add(1);
    of.bytes += entry.bytes;
    evict(of, gun.str());
}

void ServingCache::put_answer(const tuf::Gun& gun, std::string_view tail,
                              std::shared_ptr<const http::PreparedResponse> answer, bool is_current) {
    Shard& of = shard(gun.str());
    const std::unique_lock lock(of.mutex);
    const auto entry = of.entries.find(gun.str());
    if (entry == of.entries.end()) return;
    const std::size_t bytes = answer->body->size() + answer->head.size() + tail.size() + 256;
    if (entry->second.bytes + bytes > max_shard_bytes_ / 2) forget_answers(of, entry->second);
    if (!entry->second.answers.emplace(tail, Answer{std::move(answer), is_current}).second) return;
    entry->second.bytes += bytes;
    of.bytes += bytes;
    evict(of, gun.str());
}

void ServingCache::forget_answers(Shard& of, Entry& entry) {
    const std::size_t kept = entry.repository->size();
    of.bytes -= entry.bytes - kept;
    entry.bytes = kept;
    entry.answers.clear();
}

void ServingCache::drop(const tuf::Gun& gun) {
    Shard& of = shard(gun.str());
    const std::unique_lock lock(of.mutex);
    const auto entry = of.entries.find(gun.str());
    if (entry == of.entries.end()) return;
    of.bytes -= entry->second.bytes;
    of.entries.erase(entry);
}

void ServingCache::evict(Shard& of, const std::string& keep) const {
    while (of.bytes > max_shard_bytes_ && of.entries.size() > 1) {
        auto oldest = of.entries.end();
        for (auto it = of.entries.begin(); it != of.entries.end(); ++it) {
            if (it->first == keep) continue;
            if (oldest == of.entries.end() || it->second.last_used < oldest->second.last_used) oldest = it;
        }
        of.bytes -= oldest->second.bytes;
        of.entries.erase(oldest);
    }
}

}  // namespace sello::server
