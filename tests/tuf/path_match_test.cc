#include "tuf/trust/path_match.h"

#include <gtest/gtest.h>

#include "tuf/crypto/digest.h"

namespace sello::tuf {
namespace {

struct Case {
    const char* pattern;
    const char* name;
    bool matches;
};

TEST(PathMatchTest, MatchesPartByPart) {
    const Case cases[] = {
        {"*", "a", true},
        {"*", "a/b", false},
        {"*", ".hidden", true},
        {"*", "", true},
        {"a/*", "a/", true},
        {"a/*", "a/b", true},
        {"a/*", "a/b/c", false},
        {"**", "a/b", false},
        {"**", "ab", true},
        {"a/*/c", "a/b/c", true},
        {"a*c", "abbc", true},
        {"a*b*c", "aXbYbZc", true},
        {"a*b*c", "aXbYbZ", false},
        {"?", "a", true},
        {"?", "\xc3\xbc", true},
        {"?", "\xf0\x9f\x98\x80", true},
        {"?", "", false},
        {"??", "a", false},
        {"[ab]", "a", true},
        {"[ab]", "c", false},
        {"[a-c]", "b", true},
        {"[!a]", "b", true},
        {"[!a]", "a", false},
        {"[^a]", "b", false},
        {"[^a]", "^", true},
        {"[]]", "]", true},
        {"[", "[", true},
        {"[a", "[a", true},
        {"{a,b}", "a", false},
        {"!x", "y", false},
        {"!x", "!x", true},
        {"#c", "#c", true},
        {"\\*", "*", false},
        {"\\*", "\\x", true},
        {"+(a)", "aa", false},
        {"A", "a", false},
        {"", "", true},
        {"a", "", false},
        {"a/", "a", false},
    };
    for (const Case& each : cases)
        EXPECT_EQ(matches_pattern(each.pattern, each.name), each.matches) << each.pattern << " / " << each.name;
}

TEST(PathMatchTest, TakesNoExponentialTime) {
    std::string pattern;
    for (int i = 0; i < 200; ++i) pattern += "a*";
    EXPECT_FALSE(matches_pattern(pattern + "b", std::string(5000, 'a')));
}

TEST(PathMatchTest, FollowsTheDelegationsRule) {
    const auto with = [](PathRule rule, std::vector<std::string> paths) {
        return Delegation{RoleName("r"), {}, std::move(paths), rule, false};
    };
    EXPECT_TRUE(matches(with(PathRule::Prefixes, {"rel"}), "rel/1.0"));
    EXPECT_FALSE(matches(with(PathRule::Patterns, {"rel"}), "rel/1.0"));
    EXPECT_TRUE(matches(with(PathRule::Prefixes, {""}), "anything"));
    EXPECT_FALSE(matches(with(PathRule::Prefixes, {}), "anything"));
    const std::string hash = sha256_hex("v1");
    EXPECT_TRUE(matches(with(PathRule::HashPrefixes, {"zz", hash.substr(0, 3)}), "v1"));
    EXPECT_TRUE(matches(with(PathRule::HashPrefixes, {hash}), "v1"));
    EXPECT_FALSE(matches(with(PathRule::HashPrefixes, {hash + "0"}), "v1"));
    EXPECT_FALSE(matches(with(PathRule::HashPrefixes, {""}), "v1"));
}

}  // namespace
}  // namespace sello::tuf
