#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/base/instant.h"
#include "tuf/base/program.h"
#include "tuf/base/secret.h"

namespace sello {
namespace {

TEST(EncodingTest, ReadsWhatItWrites) {
    for (const Bytes& bytes : {Bytes(), Bytes("f"), Bytes("fo"), Bytes("foo"), Bytes("\0\xff\x10", 3)}) {
        EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
        EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
    }
}

TEST(EncodingTest, WritesTheVectorsOfRfc4648) {
    EXPECT_EQ(to_base64("fooba"), "Zm9vYmE=");
    EXPECT_EQ(to_base64("f"), "Zg==");
    EXPECT_EQ(to_hex("foobar"), "666f6f626172");
}

TEST(EncodingTest, RefusesBadBase64) {
    for (const char* text : {"Zg", "Zg=", "Zg=a", "Zh==", "Z===", "Zm9v\n", " Zm9", "Zm9v====", "Zm-v"})
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

TEST(EncodingTest, RefusesBadHex) {
    for (const char* text : {"a", "0g", "0x", " 00"}) EXPECT_EQ(from_hex(text), std::nullopt) << text;
}

TEST(EncodingTest, PercentDecodesWhatItEncoded) {
    for (const char* text : {"", "a b", "../x", "%41", "\xc3\xbc"})
        EXPECT_EQ(percent_decode(encode_segment(text)), text);
    for (const char* text : {"%", "%4", "%sha", "a%g0"}) EXPECT_EQ(percent_decode(text), std::nullopt);
}

TEST(InstantTest, ReadsTimesAsGoWritesThem) {
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), (Instant{0, 0}));
    EXPECT_EQ(parse_rfc3339("2026-12-05T14:24:36.560896968-05:00"), parse_rfc3339("2026-12-05T19:24:36.560896968Z"));
    EXPECT_EQ(parse_rfc3339("2036-11-18T20:28:04.5+01:00"),
              (Instant{parse_rfc3339("2036-11-18T19:28:04Z")->seconds, 500'000'000}));
}

TEST(InstantTest, RefusesOtherSpellings) {
    for (const char* text : {"", "2026-12-05", "2026-12-05T19:21:15", "2026-12-05 19:21:15Z", "2026-13-05T19:21:15Z",
                             "2026-02-30T19:21:15Z", "2026-12-05T24:21:15Z", "2026-12-05T19:21:15.Z",
                             "2026-12-05T19:21:15.1234567890Z", "2026-12-05T19:21:15+1:00", "2026-12-05T19:21:15Zx"})
        EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
}

TEST(InstantTest, WritesTheFractionWithoutTrailingZeros) {
    EXPECT_EQ(to_rfc3339({1'796'498'475, 451'101'300}), "2026-12-05T19:21:15.4511013Z");
    EXPECT_EQ(to_rfc3339({0, 0}), "1970-01-01T00:00:00Z");
}

TEST(InstantTest, WritesTheDatesOfMessagesAndHeaders) {
    const Instant instant = *parse_rfc3339("2026-11-20T19:07:54Z");

    EXPECT_EQ(to_unix_date(instant), "Fri Nov 20 19:07:54 UTC 2026");
    EXPECT_EQ(to_http_date(instant), "Fri, 20 Nov 2026 19:07:54 GMT");
}

TEST(SecretTest, RefusesAFileThatOthersMayRead) {
    const auto path = std::filesystem::temp_directory_path() / ("sello-secret-" + std::to_string(::getpid()));
    std::ofstream(path) << "1234\n";
    ASSERT_EQ(::chmod(path.c_str(), 0640), 0);

    EXPECT_THROW((void)read_secret_file(path), Error);
    ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
    EXPECT_EQ(read_secret_file(path).expose(), "1234");
    std::filesystem::remove(path);
}

TEST(SecretTest, RefusesWhatHoldsNoSecret) {
    const test::TempDir folder;
    const auto refuses = [&](const std::string& content) {
        const std::string path = folder.path() + "/secret";
        test::write_file(path, content);
        EXPECT_EQ(::chmod(path.c_str(), 0600), 0);
        EXPECT_THROW((void)read_secret_file(path), Error) << content.size();
    };

    refuses("");
    refuses("\nsecond line");
    refuses(std::string(4097, 'x'));
    EXPECT_THROW((void)read_secret_file(folder.path()), Error);
    EXPECT_THROW((void)read_secret_file(folder.path() + "/none"), Error);
}

TEST(ProgramTest, TakesNotarysFlagsWithOneDash) {
    const std::array<const char*, 5> argv{"program", "-config", "a.json", "-version=1", "--config"};

    EXPECT_EQ(command_line(static_cast<int>(argv.size()), argv.data()),
              (std::vector<std::string>{"--config", "--version=1", "a.json", "--config"}));
}

TEST(CommandLineTest, GivesNotarysFlagsTheirSecondDash) {
    const char* const arguments[] = {"program", "-config", "file", "-version", "-config=x", "--config", "-configs"};

    EXPECT_EQ(command_line(7, arguments),
              (std::vector<std::string>{"-configs", "--config", "--config=x", "--version", "file", "--config"}));
}

}  // namespace
}  // namespace sello
