#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sello {

/// A point in UTC with nanoseconds, years 0 to 9999: what RFC 3339 can write. (std::chrono's nanoseconds end in 2262.)
struct Instant {
    std::int64_t seconds = 0;      ///< since 1970-01-01T00:00:00Z
    std::int32_t nanoseconds = 0;  ///< 0..999,999,999

    friend auto operator<=>(const Instant&, const Instant&) = default;
    friend bool operator==(const Instant&, const Instant&) = default;

    [[nodiscard]] Instant operator+(std::chrono::seconds duration) const {
        return {seconds + duration.count(), nanoseconds};
    }
    [[nodiscard]] std::chrono::seconds operator-(const Instant& other) const {
        return std::chrono::seconds(seconds - other.seconds);
    }
};

/// RFC 3339 with up to nine fraction digits and `Z` or an offset, as Go's encoder writes it; else nullopt.
[[nodiscard]] std::optional<Instant> parse_rfc3339(std::string_view text);
/// `2026-12-05T19:21:15.451101309Z`; trailing zeros of the fraction are left out, as Go does.
[[nodiscard]] std::string to_rfc3339(const Instant& instant);
/// `Fri Nov 20 19:07:54 UTC 2026`: Unix date, the form of Notary's messages.
[[nodiscard]] std::string to_unix_date(const Instant& instant);
/// `Sat, 21 Nov 2026 19:10:40 GMT`: the form of HTTP headers (RFC 9110 section 5.6.7).
[[nodiscard]] std::string to_http_date(const Instant& instant);

}  // namespace sello
