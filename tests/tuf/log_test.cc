#include "tuf/base/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tuf/base/clock.h"
#include "tuf/base/error.h"
#include "tuf/names/gun.h"

namespace sello::log {
namespace {

/// Puts the level back.
struct LogTest : testing::Test {
    Level before = level();
    ~LogTest() override { set_level(before); }

    /// What an action logs.
    template <class Action>
    static std::string logged(const Action& action) {
        testing::internal::CaptureStderr();
        action();
        return testing::internal::GetCapturedStderr();
    }
};

TEST_F(LogTest, WritesOneJsonLineAnEvent) {
    set_level(Level::Debug);
    const Instant start = SystemClock().now();

    const auto line = logged([] {
        info("published", {{"gun", tuf::Gun("a/b")},
                           {"version", 7},
                           {"share", 0.5},
                           {"renewed", true},
                           {"bytes", std::uint64_t{9}},
                           {"text", "two\nlines \"quoted\""}});
    });

    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    auto json = nlohmann::json::parse(line);
    const auto time = parse_rfc3339(json.at("time").get<std::string>());
    ASSERT_TRUE(time);
    EXPECT_GE(*time, start);
    json.erase("time");
    EXPECT_EQ(json, nlohmann::json({{"level", "info"},
                                    {"event", "published"},
                                    {"gun", "a/b"},
                                    {"version", 7},
                                    {"share", 0.5},
                                    {"renewed", true},
                                    {"bytes", 9},
                                    {"text", "two\nlines \"quoted\""}}));
}

TEST_F(LogTest, WritesBytesThatAreNoUtf8AsSomethingThatIs) {
    set_level(Level::Info);

    const auto line = logged([] { error("odd", {{"name", "\xff"}}); });

    EXPECT_EQ(nlohmann::json::parse(line).at("name"), "\xef\xbf\xbd");
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
    const std::vector<Level> levels{Level::Debug, Level::Info, Level::Warning, Level::Error, Level::Off};
    for (std::size_t i = 0; i < levels.size(); ++i) {
        set_level(levels[i]);
        EXPECT_EQ(level(), levels[i]);

        const auto lines = logged([] {
            debug("a");
            info("b");
            warning("c");
            error("d");
        });

        EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), static_cast<std::ptrdiff_t>(4 - i));
    }
}

TEST_F(LogTest, KnowsNotarysNamesOfLevels) {
    const std::vector<std::pair<std::string, Level>> table{
        {"trace", Level::Debug},     {"debug", Level::Debug}, {"info", Level::Info}, {"warn", Level::Warning},
        {"warning", Level::Warning}, {"error", Level::Error}, {"fatal", Level::Off}, {"panic", Level::Off},
    };
    for (const auto& [name, level] : table) EXPECT_EQ(parse_level(name), level) << name;
    for (const char* name : {"", "loud", "Info", "info "}) EXPECT_THROW((void)parse_level(name), Error) << name;
}

TEST(ClockTest, HandSetClockStandsStillUntilTold) {
    HandSetClock clock({100, 5});
    EXPECT_EQ(clock.now(), (Instant{100, 0}));
    clock.advance(std::chrono::seconds(60));
    EXPECT_EQ(clock.now(), (Instant{160, 0}));
    clock.set({7, 0});
    EXPECT_EQ(clock.now(), (Instant{7, 0}));
}

}  // namespace
}  // namespace sello::log
