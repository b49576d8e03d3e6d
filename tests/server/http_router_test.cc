#include <gtest/gtest.h>

#include "server/http/router.h"

namespace sello::http {
namespace {

Response text(const std::string& body) { return {200, {}, std::make_shared<const std::string>(body)}; }

struct Call {
    std::string name;
};

class RouterTest : public testing::Test {
protected:
    RouterTest() {
        const auto match = [](std::string_view path) -> std::optional<Call> {
            if (!path.starts_with("/item/")) return std::nullopt;
            return Call{std::string(path.substr(6))};
        };
        router_.add_path(Method::Get, "/item/fixed", [](const Request&) { return text("fixed"); });
        router_.add(Method::Get, match, [](const Request&, const Call& call) { return text("get " + call.name); });
        router_.add(Method::Post, match, [](const Request&, const Call& call) { return text("post " + call.name); });
    }
    std::string answer(Method method, const std::string& path) {
        Request request;
        request.method = method;
        request.path = path;
        return *router_(request).body;
    }

    Router router_{[](const Request&) { return text("fallback"); }};
};

TEST_F(RouterTest, TakesFirstRouteOfMethodThatMatches) {
    EXPECT_EQ(answer(Method::Get, "/item/fixed"), "fixed");
    EXPECT_EQ(answer(Method::Get, "/item/a"), "get a");
    EXPECT_EQ(answer(Method::Post, "/item/fixed"), "post fixed");
}

TEST_F(RouterTest, FallsBackWhenNoneMatches) {
    EXPECT_EQ(answer(Method::Get, "/other"), "fallback");
    EXPECT_EQ(answer(Method::Delete, "/item/a"), "fallback");
}

TEST(MessageTest, FindsFirstHeaderInAnySpelling) {
    Request request;
    request.add_header("Content-Type", "a");
    request.add_header("content-type", "b");
    request.add_header("Empty", "");

    EXPECT_EQ(request.header("CONTENT-TYPE"), "a");
    EXPECT_EQ(request.header("Empty"), "");
    EXPECT_EQ(request.header("Content"), std::nullopt);
}

TEST(MessageTest, RefusesHeaderThatWouldAddAnother) {
    EXPECT_ANY_THROW((void)prepare({200, {{"Location", "/\r\nEvil: 1"}}, nullptr}));
}

}  // namespace
}  // namespace sello::http
