#include "client/remote/redirect.h"

#include <gtest/gtest.h>

#include "tuf/base/error.h"

namespace sello::client {
namespace {

std::string followed(const std::string& location, const std::string& server = "https://h:4443") {
    const Redirect to = follow_redirect(Url::parse(server), "/tuf/1.root.json", location);
    return to.server.str() + to.path;
}

Fault refusal(const std::string& location) {
    try {
        return ADD_FAILURE() << followed(location), Fault::Internal;
    } catch (const Error& e) {
        return e.fault();
    }
}

TEST(RedirectTest, ResolvesAgainstWhatWasAskedFor) {
    EXPECT_EQ(followed("there/2.root.json"), "https://h:4443/tuf/there/2.root.json");
    EXPECT_EQ(followed("/other"), "https://h:4443/other");
    EXPECT_EQ(followed("../a?b=c#d"), "https://h:4443/a?b=c");
    EXPECT_EQ(followed("../../a/./b/.."), "https://h:4443/a/");
    EXPECT_EQ(followed("a%2Fb/%2e%2e"), "https://h:4443/tuf/a%2Fb/%2e%2e");
    EXPECT_EQ(followed(""), "https://h:4443/tuf/1.root.json");
    EXPECT_EQ(followed("#d"), "https://h:4443/tuf/1.root.json");
    EXPECT_EQ(followed("?b=https://x/y"), "https://h:4443/tuf/1.root.json?b=https://x/y");
    EXPECT_EQ(followed("//cdn.example/x"), "https://cdn.example:443/x");
    EXPECT_EQ(followed("HTTPS://user@cdn.example:"), "https://cdn.example:443/");
    EXPECT_EQ(followed("//cdn.example/x", "http://h"), "http://cdn.example:80/x");
    EXPECT_EQ(followed("https://cdn.example/x", "http://h"), "https://cdn.example:443/x");
    EXPECT_EQ(followed("https://[::1]:8443"), "https://[::1]:8443/");
    EXPECT_EQ(followed("http://cdn.example/%2e%2F", "http://h"), "http://cdn.example:80/%2e%2F");
}

TEST(RedirectTest, TakesAPathOfTwoSlashesForAPath) {
    const Redirect to = follow_redirect(Url::parse("https://h"), "//x/y?z", "a");
    EXPECT_EQ(to.server.host, "h");
    EXPECT_EQ(to.path, "//x/a");
}

TEST(RedirectTest, NeverLeavesTls) {
    for (const char* location : {"http://h/1.root.json", "HTTP://h/1.root.json"})
        EXPECT_EQ(refusal(location), Fault::Untrusted) << location;
}

TEST(RedirectTest, RefusesWhatIsNoUrl) {
    for (const char* location : {"ftp://h/x", "mailto:x", "https:x", "https:///x", "https://", "https://h:x",
                                 "https://[[x]]", "//[x]", "a b", "\x01", "\xff"})
        EXPECT_EQ(refusal(location), Fault::Unavailable) << location;
}

}  // namespace
}  // namespace sello::client
