#include "tuf/base/config.h"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"
#include "tuf/base/error.h"

namespace sello {
namespace {

/// The fault's message, or `accepted`.
template <class Read>
std::string refusal(const std::string& text, const Read& read) {
    try {
        auto config = ConfigObject::from_text(text);
        read(config);
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::BadConfiguration);
        return e.what();
    }
    return "accepted";
}

TEST(ConfigTest, ReadsTypedValuesAndFallbacks) {
    auto config = ConfigObject::from_text(R"({"s":"x","n":3,"b":true,"l":["a","b"],"o":{"inner":1}})");

    EXPECT_EQ(config.string("s"), "x");
    EXPECT_EQ(config.string_or("absent", "y"), "y");
    EXPECT_EQ(config.integer_or("n", 1, 0, 3), 3);
    EXPECT_EQ(config.integer_or("absent", 1, 0, 3), 1);
    EXPECT_TRUE(config.boolean_or("b", false));
    EXPECT_TRUE(config.boolean_or("absent", true));
    EXPECT_EQ(config.strings_or("l", {}), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(config.strings_or("absent", {"c"}), (std::vector<std::string>{"c"}));
    EXPECT_EQ(config.object("o").integer_or("inner", 0, 0, 9), 1);
    EXPECT_EQ(config.object("absent").integer_or("inner", 5, 0, 9), 5);
    EXPECT_EQ(config.path_or_empty("absent"), "");
    EXPECT_EQ(config.keys(), (std::vector<std::string>{"b", "l", "n", "o", "s"}));
    EXPECT_NO_THROW(config.finish());
}

TEST(ConfigTest, NamesThePathOfAValueOfTheWrongShape) {
    const auto reading_integer = [](ConfigObject& c) { (void)c.object("a").integer_or("n", 1, 1, 64); };

    EXPECT_EQ(refusal(R"({"a":{"n":0}})", reading_integer), "a.n: want 1..64, got 0");
    EXPECT_EQ(refusal(R"({"a":{"n":65}})", reading_integer), "a.n: want 1..64, got 65");
    EXPECT_EQ(refusal(R"({"a":{"n":1.0}})", reading_integer), "a.n: want 1..64, got 1.0");
    EXPECT_EQ(refusal(R"({"a":{"n":18446744073709551615}})", reading_integer),
              "a.n: want 1..64, got 18446744073709551615");
    EXPECT_EQ(refusal(R"({"a":[]})", reading_integer), "a: want an object, got []");
    EXPECT_EQ(refusal(R"({"s":1})", [](ConfigObject& c) { (void)c.string("s"); }), "s: want a string, got 1");
    EXPECT_EQ(refusal("{}", [](ConfigObject& c) { (void)c.string("s"); }), "s: required, and missing");
    EXPECT_EQ(refusal(R"({"b":"true"})", [](ConfigObject& c) { (void)c.boolean_or("b", false); }),
              "b: want true or false, got \"true\"");
    for (const char* list : {R"({"l":"a"})", R"({"l":["a",1]})"})
        EXPECT_NE(refusal(list, [](ConfigObject& c) { (void)c.strings_or("l", {}); }).find("l: want a list of strings"),
                  std::string::npos);
}

TEST(ConfigTest, RefusesKeysThatNobodyReadAtAnyDepth) {
    const auto reading = [](ConfigObject& c) {
        (void)c.string_or("known", "");
        (void)c.object("o").path_or_empty("known");
        c.finish();
    };

    EXPECT_EQ(refusal(R"({"known":"","o":{"known":"x"}})", reading), "accepted");
    EXPECT_EQ(refusal(R"({"know":""})", reading), "know: unknown key");
    EXPECT_EQ(refusal(R"({"o":{"know":""}})", reading), "o.know: unknown key");
}

TEST(ConfigTest, RefusesWhatIsNoJsonObject) {
    for (const char* text : {"", "[]", "{", "{}x", "{\"a\":1,}", "// comment\n{}", "{\"a\":\"\xff\"}"})
        EXPECT_NE(refusal(text, [](ConfigObject&) {}), "accepted") << text;
}

TEST(ConfigTest, TakesRelativePathsFromTheFilesFolder) {
    const test::TempDir folder;
    test::write_file(folder.path() + "/c.json", R"({"relative":"a/b","absolute":"/x"})");

    auto config = ConfigObject::from_file(folder.path() + "/c.json");

    EXPECT_EQ(config.path("relative"), folder.path() + "/a/b");
    EXPECT_EQ(config.path_or_empty("absolute"), "/x");
    EXPECT_THROW((void)ConfigObject::from_file(folder.path() + "/none.json"), Error);
}

}  // namespace
}  // namespace sello
