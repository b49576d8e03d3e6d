#pragma once

#include <cstdint>
#include <memory>

#include "server/handlers/trust_path.h"
#include "server/http/message.h"
#include "server/publish/collections.h"

namespace sello::server {

/// Seconds for Cache-Control; 0 forbids caching.
struct CacheAges {
    std::int64_t current_metadata = 300;
    std::int64_t consistent_metadata = 2'592'000;
};

/// GET of current and of addressed files.
class GetMetadata {
public:
    GetMetadata(Collections& collections, MetadataStore& store, ServingCache& cache, const Clock& clock, CacheAges ages)
        : collections_(collections), store_(store), cache_(cache), clock_(clock), ages_(ages) {}

    /// The answer, if it lies ready: never blocks. For any GET.
    [[nodiscard]] std::shared_ptr<const http::PreparedResponse> find_ready(const http::Request& request) const;

    [[nodiscard]] http::Response current(const TrustPath& path, const CurrentFile& file);
    [[nodiscard]] http::Response by_version(const TrustPath& path, const AddressedByVersion& file);
    [[nodiscard]] http::Response by_checksum(const TrustPath& path, const AddressedByChecksum& file);

private:
    enum class Addressing { Current, Consistent };
    [[nodiscard]] http::Response answer(const StoredMetadata& file, Addressing addressing) const;
    /// Answers with `found`, and keeps the answer ready. The collection's lock is held.
    [[nodiscard]] http::Response keep(const tuf::Gun& gun, const TrustPath& path,
                                      const std::optional<StoredMetadata>& found, Addressing addressing);

    Collections& collections_;
    MetadataStore& store_;
    ServingCache& cache_;
    const Clock& clock_;
    CacheAges ages_;
};

/// Throws NotaryError with INVALID_GUN for a name that no collection can have.
[[nodiscard]] tuf::Gun gun_of(std::string_view text);

}  // namespace sello::server
