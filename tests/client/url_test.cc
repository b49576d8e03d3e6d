#include "client/remote/url.h"

#include <gtest/gtest.h>

#include "tuf/base/error.h"

namespace sello::client {
namespace {

TEST(UrlTest, ReadsServersWithPortsAndPrefixes) {
    const Url url = Url::parse("https://notary:4443/sub/");
    EXPECT_EQ(url.host, "notary");
    EXPECT_EQ(url.port, "4443");
    EXPECT_EQ(url.prefix, "/sub");
    EXPECT_EQ(Url::parse("https://h").port, "443");
    EXPECT_EQ(Url::parse("http://h").port, "80");
    EXPECT_EQ(Url::parse("https://[::1]:4443").host, "::1");
}

TEST(UrlTest, RefusesWhatIsNoServer) {
    for (const char* text : {"", "notary:4443", "ftp://h", "https://", "https://:1", "https://h:", "https://h:x",
                             "https://[[x]]", "https://[x]", "https://::1"})
        EXPECT_THROW((void)Url::parse(text), Error) << text;
}

TEST(UrlTest, EncodesWhatMayNotStandInAPath) {
    EXPECT_EQ(encode_path("localhost:5000/a b/\xc3\xbc?#%"), "localhost:5000/a%20b/%C3%BC%3F%23%25");
}

}  // namespace
}  // namespace sello::client
