#include <gtest/gtest.h>

#include "server/http/multipart.h"
#include "tuf/base/error.h"

namespace sello::http {
namespace {

constexpr auto kType = "multipart/form-data; boundary=XX";

std::string part(const std::string& disposition, const std::string& content) {
    return "--XX\r\nContent-Disposition: " + disposition + "\r\nContent-Type: application/octet-stream\r\n\r\n" +
           content + "\r\n";
}

TEST(MultipartTest, GivesPartsInOrder) {
    const auto body = part(R"(form-data; name="files"; filename="root")", "{}") +
                      part(R"(form-data; name="files"; filename="targets/a/b")", "") + "--XX--\r\n";

    const auto parts = parse_multipart(kType, body);

    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0].filename, "root");
    EXPECT_EQ(parts[0].content, "{}");
    EXPECT_EQ(parts[1].filename, "targets/a/b");
    EXPECT_EQ(parts[1].content, "");
}

TEST(MultipartTest, ReadsFilenamesHoweverTheyAreWritten) {
    const std::vector<std::pair<std::string, std::optional<std::string>>> table = {
        {R"(form-data; filename="a\"b\\c\d")", R"(a"b\c\d)"}, {R"(form-data; filename="a;b=c"; name=x)", "a;b=c"},
        {"form-data; name=x; FileName=plain", "plain"},       {"attachment; filename=\"\"", ""},
        {"form-data; name=\"filename=no\"", std::nullopt},    {"form-data", std::nullopt},
    };

    for (const auto& [disposition, filename] : table) {
        const auto body = part(disposition, "x") + "--XX--";
        EXPECT_EQ(parse_multipart(kType, body).at(0).filename, filename) << disposition;
    }
}

TEST(MultipartTest, LeavesOutFilenameWithoutDisposition) {
    EXPECT_EQ(parse_multipart(kType, "--XX\r\n\r\ncontent\r\n--XX--").at(0).filename, std::nullopt);
}

TEST(MultipartTest, TakesEveryMultipartTypeAndQuotedBoundary) {
    EXPECT_EQ(parse_multipart("Multipart/Mixed; charset=x; boundary=\"a b\"", "--a b\r\n\r\nx\r\n--a b--").size(), 1U);
}

TEST(MultipartTest, TakesClosingBoundaryAlone) { EXPECT_TRUE(parse_multipart(kType, "--XX--\r\n").empty()); }

TEST(MultipartTest, SkipsPreambleAndEpilogue) {
    EXPECT_EQ(parse_multipart(kType, "hello\r\n--XX\r\n\r\nx\r\n--XX--\r\nbye").at(0).content, "x");
}

TEST(MultipartTest, KeepsBinaryContentAsItIs) {
    const std::string content("\r\n\0--X\r\n--\xff\r\n", 13);
    const auto body = part("form-data; filename=b", content) + "--XX--";

    EXPECT_EQ(parse_multipart(kType, body).at(0).content, content);
}

TEST(MultipartTest, RefusesMalformedUploads) {
    const std::string good = part("form-data; filename=a", "x");
    const std::vector<std::pair<std::string, std::string>> table = {
        {"", good + "--XX--"},
        {"application/json", good + "--XX--"},
        {"multipart/form-data", good + "--XX--"},
        {"multipart/form-data; boundary=", good + "--XX--"},
        {"multipart/form-data; boundary=" + std::string(71, 'x'), good + "--XX--"},
        {kType, ""},
        {kType, "garbage"},
        {kType, good},
        {kType, "--XX"},
        {kType, "--XX\r\nContent-Disposition: form-data"},
        {kType, "--XX\r\nno colon\r\n\r\nx\r\n--XX--"},
        {kType, "--XX\r\n\r\nno closing boundary"},
        {kType, part("form-data; filename=\"open", "x") + "--XX--"},
    };

    for (const auto& [type, body] : table) {
        try {
            (void)parse_multipart(type, body);
            ADD_FAILURE() << "accepted: " << type << " | " << body;
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::Malformed) << error.what();
        }
    }
}

TEST(MultipartTest, RefusesTooManyParts) {
    const std::string body = part("form-data; filename=a", "x") + part("form-data; filename=b", "x") + "--XX--";

    EXPECT_EQ(parse_multipart(kType, body, 2).size(), 2U);
    EXPECT_THROW((void)parse_multipart(kType, body, 1), Error);
}

}  // namespace
}  // namespace sello::http
