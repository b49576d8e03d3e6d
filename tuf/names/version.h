#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "tuf/base/error.h"

namespace sello::tuf {

/// The version of a metadata file: 1 to 2^31-1, what Notary's SQL integer column holds.
class Version {
public:
    static constexpr std::int64_t kMax = 2147483647;

    /// Throws Error(Fault::Malformed) outside 1..kMax.
    explicit Version(std::int64_t number) : number_(number) {
        if (number < 1 || number > kMax)
            throw Error(Fault::Malformed, concat("version: want 1..", kMax, ", got ", number));
    }

    [[nodiscard]] std::int64_t number() const noexcept { return number_; }
    [[nodiscard]] std::string str() const { return std::to_string(number_); }
    /// Throws Error(Fault::Malformed) past kMax.
    [[nodiscard]] Version next() const { return Version(number_ + 1); }
    friend auto operator<=>(const Version&, const Version&) = default;
    friend bool operator==(const Version&, const Version&) = default;

private:
    std::int64_t number_;
};

}  // namespace sello::tuf
