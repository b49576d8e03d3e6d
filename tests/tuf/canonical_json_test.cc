#include "tuf/metadata/canonical_json.h"

#include <gtest/gtest.h>

#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"

namespace sello::tuf {
namespace {

Bytes canonical(ByteView text) { return canonical_json(parse_json(text)); }

TEST(CanonicalJsonTest, EscapesOnlyQuotesAndBackslashes) {
    // Known answer of tuf-1.0.md section 16, made with securesystemslib.
    const Bytes out = canonical("{\"b\":[1,-2,true,null],\"a\":\"\xc3\xa9\\n\\\"\\\\/\"}");

    EXPECT_EQ(out, "{\"a\":\"\xc3\xa9\n\\\"\\\\/\",\"b\":[1,-2,true,null]}");
    EXPECT_TRUE(sha256_hex(out).starts_with("c369d28a279c9aba"));
}

TEST(CanonicalJsonTest, SortsMembersByTheirBytes) {
    const Bytes out = canonical("{\"\xf0\x9f\x98\x80\":2,\"\xef\xbf\xae\":3,\"\xe2\x82\xac\":1,\"z\":4,\"\":5}");

    EXPECT_TRUE(sha256_hex(out).starts_with("3dd1ed08babb3ae5"));
}

TEST(CanonicalJsonTest, PrintsNumbersAsGoDoes) {
    EXPECT_EQ(canonical("[1.0,1e3,-0,9007199254740992,9007199254740993]"),
              "[1,1000,0,9007199254740992,9007199254740992]");
    EXPECT_THROW((void)canonical("[1.5]"), Error);
    EXPECT_THROW((void)canonical("[1e300]"), Error);
}

TEST(CanonicalJsonTest, EscapesOnTheWireWhatGoEscapes) {
    const Json value = parse_json("\"<a>&\xe2\x80\xa8\xe2\x80\xa9\xe2\x82\xac\"");

    EXPECT_EQ(wire_json(value), "\"\\u003ca\\u003e\\u0026\\u2028\\u2029\xe2\x82\xac\"");
    EXPECT_EQ(parse_json(wire_json(value)), value);
}

TEST(JsonTest, RefusesWhatIsNotStrictJson) {
    const char* const bad[] = {"",         "{",       "{} x",     R"({"a":1,"a":2})",      "[1,]",
                               "{'a':1}",  "nul",     "\"\xff\"", R"("\ud800")",           "[01]",
                               "\"\x01\"", "// c\n1", "[NaN]",    R"({"a":{"b":1,"b":1}})"};
    for (const char* text : bad) EXPECT_THROW((void)parse_json(text), Error) << text;
}

TEST(JsonTest, RefusesBytesBehindANul) {
    EXPECT_THROW((void)parse_json(std::string_view("{}\0", 3)), Error);
    EXPECT_THROW((void)parse_json(std::string_view("{}\0{}", 5)), Error);
}

TEST(JsonTest, AllowsWhiteSpaceAfterTheValue) { EXPECT_EQ(parse_json("[1]\n"), Json::array({1})); }

TEST(JsonTest, BoundsDepthAndSignaturesWhileReading) {
    EXPECT_NO_THROW((void)parse_json(Bytes(32, '[') + Bytes(32, ']')));
    EXPECT_THROW((void)parse_json(Bytes(33, '[') + Bytes(33, ']')), Error);
    EXPECT_THROW((void)parse_json(Bytes(1'000'000, '[')), Error);

    const JsonLimits limits{.max_depth = 32, .max_signatures = 2, .max_values = 9};
    EXPECT_NO_THROW((void)parse_json(R"({"signatures":[1,2],"x":[1,2,3]})", limits));
    EXPECT_THROW((void)parse_json(R"({"signatures":[1,2,3]})", limits), Error);
    EXPECT_NO_THROW((void)parse_json("[1,2,3,4,5,6,7,8]", limits));
    EXPECT_THROW((void)parse_json("[1,2,3,4,5,6,7,8,9]", limits), Error);
}

TEST(WireJsonTest, EscapesEveryControlCharacter) {
    const std::string text = R"(["\u0000\u0001\u001f"])";

    EXPECT_EQ(wire_json(parse_json(text)), text);
}

}  // namespace
}  // namespace sello::tuf
