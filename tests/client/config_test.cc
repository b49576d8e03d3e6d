#include "client/config.h"

#include <gtest/gtest.h>

#include "client/files.h"
#include "tests/support/temp_dir.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

struct ClientConfigTest : testing::Test {
    test::TempDir dir;

    [[nodiscard]] ClientConfig read(const std::string& json) const {
        const auto file = std::filesystem::path(dir.path()) / "config.json";
        replace_file(file, json);
        GlobalFlags flags;
        flags.config_file = file;
        return read_config(flags);
    }
};

TEST_F(ClientConfigTest, FirstUseIsTrustedUnlessItSaysOtherwise) {
    EXPECT_TRUE(read("{}").pinning.trust_on_first_use);
    EXPECT_FALSE(read(R"({"trust_pinning": {"disable_tofu": true}})").pinning.trust_on_first_use);
}

TEST_F(ClientConfigTest, PinsHoldForTheirNamesAsWrittenAndInLowerCase) {
    const auto pinning =
        read(R"({"trust_pinning": {"certs": {"Example/App": ["1"], "example/*": ["2"], "Both": ["3"], "both": ["4"]},
                                   "ca": {"Example/": "/a.pem"}}})")
            .pinning;

    using Ids = std::vector<std::string>;
    EXPECT_EQ(pinning.certificates.at("Example/App"), Ids{"1"});
    EXPECT_EQ(pinning.certificates.at("example/app"), Ids{"1"});
    EXPECT_EQ(pinning.certificates.at("example/*"), Ids{"2"});
    EXPECT_EQ(pinning.certificates.at("Both"), Ids{"3"});
    EXPECT_EQ(pinning.certificates.at("both"), Ids{"4"});
    EXPECT_EQ(pinning.certificates.size(), 5U);
    EXPECT_EQ(pinning.authorities.at("example/").file, "/a.pem");
}

TEST_F(ClientConfigTest, AuthoritiesAreFoundBesideTheFileAndNotReadYet) {
    const auto pinning = read(R"({"trust_pinning": {"ca": {"a": "ca.pem", "b": "/etc/ca.pem"}}})").pinning;

    EXPECT_EQ(pinning.authorities.at("a").file, (std::filesystem::path(dir.path()) / "ca.pem").string());
    EXPECT_EQ(pinning.authorities.at("b").file, "/etc/ca.pem");
    EXPECT_EQ(pinning.authorities.at("a").bundle, "");
}

TEST_F(ClientConfigTest, RefusesPinsOfTheWrongShape) {
    for (const char* pinning :
         {R"({"certs": {"a": "1"}})", R"({"certs": {"a": [1]}})", R"({"certs": ["a"]})", R"({"ca": {"a": ["x"]}})",
          R"({"ca": "x"})", R"({"disable_tofu": "yes"})", R"({"cert": {}})"})
        try {
            (void)read(concat(R"({"trust_pinning": )", pinning, "}"));
            ADD_FAILURE() << pinning;
        } catch (const Error& e) {
            EXPECT_EQ(e.fault(), Fault::BadConfiguration) << e.what();
        }
}

}  // namespace
}  // namespace sello::client
