#include "tuf/base/instant.h"

#include <array>
#include <cstdio>

namespace sello {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

struct CivilTime {
    year_month_day date;
    std::int64_t day_number;
    int hour;
    int minute;
    int second;
};

CivilTime civil(const Instant& instant) {
    constexpr std::int64_t day_seconds = 86400;
    std::int64_t day = instant.seconds / day_seconds;
    std::int64_t rest = instant.seconds % day_seconds;
    if (rest < 0) {
        rest += day_seconds;
        --day;
    }
    const auto of_day = static_cast<int>(rest);
    return {year_month_day(sys_days(days(day))), day, of_day / 3600, of_day / 60 % 60, of_day % 60};
}

/// Reads exactly `count` digits at `pos`; -1 if there are none.
int digits(std::string_view text, std::size_t pos, std::size_t count) {
    if (pos + count > text.size()) return -1;
    int value = 0;
    for (std::size_t i = pos; i < pos + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

const char* day_name(const CivilTime& time) {
    return kDays[std::chrono::weekday(sys_days(days(time.day_number))).c_encoding()];
}
const char* month_name(const CivilTime& time) { return kMonths[static_cast<unsigned>(time.date.month()) - 1]; }
int day_of_month(const CivilTime& time) { return static_cast<int>(static_cast<unsigned>(time.date.day())); }

template <class... Args>
std::string formatted(const char* format, Args... args) {
    std::array<char, 80> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), format, args...);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

/// Offset in seconds of `Z`, `+hh:mm` or `-hh:mm`; nullopt if it is none of them.
std::optional<int> parse_offset(std::string_view text) {
    if (text == "Z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const int hours = digits(text, 1, 2);
    const int minutes = digits(text, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    const int offset = hours * 3600 + minutes * 60;
    return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) {
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const int year = digits(text, 0, 4);
    const int month = digits(text, 5, 2);
    const int day = digits(text, 8, 2);
    const int hour = digits(text, 11, 2);
    const int minute = digits(text, 14, 2);
    const int second = digits(text, 17, 2);
    if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
    const year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(day)));
    if (!date.ok()) return std::nullopt;

    std::size_t pos = 19;
    std::int32_t nanoseconds = 0;
    if (text[pos] == '.') {
        const std::size_t begin = ++pos;
        std::int32_t scale = 100'000'000;
        for (; pos < text.size() && text[pos] >= '0' && text[pos] <= '9'; ++pos, scale /= 10) {
            if (pos - begin == 9) return std::nullopt;
            nanoseconds += scale * (text[pos] - '0');
        }
        if (pos == begin) return std::nullopt;
    }
    const auto offset = parse_offset(text.substr(pos));
    if (!offset) return std::nullopt;
    const std::int64_t seconds = std::int64_t{sys_days(date).time_since_epoch().count()} * 86400 +
                                 std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second - *offset;
    return Instant{seconds, nanoseconds};
}

std::string to_rfc3339(const Instant& instant) {
    const CivilTime time = civil(instant);
    std::string out = formatted("%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(time.date.year()),
                                static_cast<unsigned>(time.date.month()), static_cast<unsigned>(time.date.day()),
                                time.hour, time.minute, time.second);
    if (instant.nanoseconds != 0) {
        std::string fraction = formatted(".%09d", instant.nanoseconds);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        out += fraction;
    }
    return out + 'Z';
}

std::string to_unix_date(const Instant& instant) {
    const CivilTime time = civil(instant);
    return formatted("%s %s %d %02d:%02d:%02d UTC %d", day_name(time), month_name(time), day_of_month(time), time.hour,
                     time.minute, time.second, static_cast<int>(time.date.year()));
}

std::string to_http_date(const Instant& instant) {
    const CivilTime time = civil(instant);
    return formatted("%s, %02d %s %04d %02d:%02d:%02d GMT", day_name(time), day_of_month(time), month_name(time),
                     static_cast<int>(time.date.year()), time.hour, time.minute, time.second);
}

}  // namespace sello
