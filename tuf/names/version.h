#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "tuf/base/mismatch.h"

namespace sello::tuf {

/// The version of a metadata file: 1 to 2^63-1.
class Version {
public:
    static constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    /// In the Notary dialect: what its SQL integer column holds.
    static constexpr std::int64_t kNotaryMax = 2147483647;
    /// What TUF 1.0 repositories write: past it JavaScript clients read another number.
    static constexpr std::int64_t kTufMax = (std::int64_t{1} << 53) - 1;

    /// Throws Mismatch(Fault::Malformed) outside 1..kMax.
    explicit Version(std::int64_t number) : number_(number) {
        if (number < 1 || number > kMax)
            throw Mismatch(Fault::Malformed, concat("version: want 1..", kMax, ", got ", number), concat("1..", kMax),
                           concat(number));
    }

    [[nodiscard]] std::int64_t number() const noexcept { return number_; }
    [[nodiscard]] std::string str() const { return std::to_string(number_); }
    /// Throws Error(Fault::Malformed) past kMax.
    [[nodiscard]] Version next() const {
        if (number_ == kMax) throw Error(Fault::Malformed, "version: there is none after the last one");
        return Version(number_ + 1);
    }
    // Which of two is newer is a question of trust: tuf/trust/freshness.h answers it.
    friend bool operator==(const Version&, const Version&) = default;

private:
    std::int64_t number_;
};

}  // namespace sello::tuf
