#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sello::http {

/// Counts up to a bound for each of many parties, so that none takes what is meant for all. For any thread.
class Shares {
public:
    explicit Shares(std::size_t bound) : bound_(bound) {}

    [[nodiscard]] bool take(const std::string& party, std::size_t amount);
    /// Part or all of what was taken.
    void give_back(const std::string& party, std::size_t amount);
    [[nodiscard]] bool spent(const std::string& party) const;

private:
    std::size_t bound_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> used_;  ///< guarded by mutex_; none is 0
};

}  // namespace sello::http
