#pragma once

#include <array>
#include <functional>
#include <mutex>

#include "tuf/names/gun.h"

namespace sello::server {

/// One writer at a time for each collection. Collections that share a stripe wait for each other, seldom and briefly.
class CollectionLocks {
public:
    [[nodiscard]] std::unique_lock<std::mutex> lock(const tuf::Gun& gun) {
        return std::unique_lock(stripes_[std::hash<tuf::Gun>{}(gun) % stripes_.size()]);
    }

private:
    std::array<std::mutex, 4096> stripes_;
};

}  // namespace sello::server
