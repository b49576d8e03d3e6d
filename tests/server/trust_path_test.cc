#include "server/handlers/trust_path.h"

#include <gtest/gtest.h>

#include <string>

namespace sello::server {
namespace {

TEST(TrustPathTest, TakesTheLongestGun) {
    const auto path = split_trust_path("/v2/a/_trust/tuf/b/_trust/tuf/root.json");
    ASSERT_TRUE(path);
    EXPECT_EQ(path->gun, "a/_trust/tuf/b");
    EXPECT_EQ(path->tail, "root.json");
}

TEST(TrustPathTest, RefusesOtherPaths) {
    for (const char* path :
         {"/", "/v2/", "/v2/_trust/tuf/", "/v2//_trust/tuf/", "/v1/a/_trust/tuf/", "/v2/a/_trust/tuf"})
        EXPECT_FALSE(split_trust_path(path)) << path;
}

TEST(TrustPathTest, TellsTheThreeWaysToNameAFile) {
    const std::string checksum(64, 'a');

    EXPECT_EQ(match_checksum("targets/a." + checksum + ".json")->role, "targets/a");
    EXPECT_EQ(match_version("12.targets/a.json")->version, "12");
    EXPECT_EQ(match_version("01.root.json")->role, "root");
    EXPECT_EQ(match_current("targets/releases.json")->role, "targets/releases");
    for (const std::string tail :
         {"root", "other.json", "root.abc.json", ".root.json", "x.root.json", "root.json.json"}) {
        EXPECT_FALSE(match_checksum(tail)) << tail;
        EXPECT_FALSE(match_version(tail)) << tail;
        EXPECT_FALSE(match_current(tail)) << tail;
    }
    EXPECT_EQ(match_key("timestamp.key"), "timestamp");
    EXPECT_FALSE(match_key("root.key"));
    EXPECT_EQ(match_changefeed("/v2/a/b/_trust/changefeed"), "a/b");
    EXPECT_FALSE(match_changefeed("/v2/_trust/changefeed"));
}

}  // namespace
}  // namespace sello::server
