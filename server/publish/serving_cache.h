#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "server/http/message.h"
#include "server/publish/repository.h"
#include "tuf/names/gun.h"

namespace sello::server {

/// Collections that were asked for lately, and answers about them that are ready to be sent. For any thread; find takes
/// one shared lock and one look-up in each of two maps. Bounded in bytes: what was used least lately goes first.
/// Who puts must hold the collection's lock (CollectionLocks), so that nothing stale can follow something newer.
class ServingCache {
public:
    explicit ServingCache(std::size_t max_bytes) : max_shard_bytes_(max_bytes / kShards) {}

    /// The answer for `tail`, the path after `_trust/tuf/`; null if it is not here, or is one for a current file and
    /// the collection has to be renewed before it is served again.
    [[nodiscard]] std::shared_ptr<const http::PreparedResponse> find(std::string_view gun, std::string_view tail,
                                                                     std::int64_t now_seconds) const;
    [[nodiscard]] std::shared_ptr<const Repository> repository(const tuf::Gun& gun) const;
    /// Until when the repository may be served without a look at its freshness; 0 if it is not here.
    [[nodiscard]] std::int64_t fresh_until(const tuf::Gun& gun) const;

    /// Replaces the collection, and forgets the answers about it.
    void put(const tuf::Gun& gun, std::shared_ptr<const Repository> repository, std::int64_t fresh_until_seconds);
    /// Ignored if the collection itself is not here. An answer for an addressed file never gets old.
    void put_answer(const tuf::Gun& gun, std::string_view tail, std::shared_ptr<const http::PreparedResponse> answer,
                    bool is_current);
    void drop(const tuf::Gun& gun);

private:
    static constexpr std::size_t kShards = 16;

    struct Answer {
        std::shared_ptr<const http::PreparedResponse> response;
        bool is_current;
    };
    struct Entry {
        std::shared_ptr<const Repository> repository;
        std::int64_t fresh_until = 0;
        std::map<std::string, Answer, std::less<>> answers;
        std::size_t bytes = 0;
        mutable std::atomic<std::uint64_t> last_used{0};
    };
    struct Shard {
        mutable std::shared_mutex mutex;  // guards all below
        std::map<std::string, Entry, std::less<>> entries;
        std::size_t bytes = 0;
    };

    [[nodiscard]] const Shard& shard(std::string_view gun) const;
    [[nodiscard]] Shard& shard(std::string_view gun);
    void evict(Shard& of, const std::string& keep) const;
    /// One collection, asked for in many ways, must not push out all others.
    static void forget_answers(Shard& of, Entry& entry);

    std::array<Shard, kShards> shards_;
    std::size_t max_shard_bytes_;
    mutable std::atomic<std::uint64_t> uses_{0};
};

}  // namespace sello::server
