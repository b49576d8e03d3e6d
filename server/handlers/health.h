#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "server/http/message.h"
#include "server/signing/signing_service.h"
#include "server/storage/metadata_store.h"
#include "tuf/base/clock.h"

namespace sello::server {

/// GET health: 200 `{}`, or 503 with what is wrong by name of the check. The checks run at most every few seconds.
class Health {
public:
    Health(MetadataStore& store, SigningService& signing, const Clock& clock)
        : store_(store), signing_(signing), clock_(clock) {}

    [[nodiscard]] http::Response answer();

private:
    static constexpr std::chrono::seconds kInterval{5};

    [[nodiscard]] bool begin_check();
    void check();

    MetadataStore& store_;
    SigningService& signing_;
    const Clock& clock_;
    std::mutex mutex_;             // guards all below
    bool checking_ = false;        ///< somebody does, without the mutex: others answer what was found last
    std::int64_t checked_at_ = 0;  ///< when the last check ended; 0: never
    std::map<std::string, std::string> failures_{{"Health", "not checked yet"}};
};

}  // namespace sello::server
