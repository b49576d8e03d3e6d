#include <thread>

#include "tests/server/http_fixture.h"

namespace sello::http {
namespace {

using test::body_of;
using test::RawClient;

class HttpThreadsTest : public HttpServerTest {};

TEST_F(HttpThreadsTest, ServesOnSeveralIoThreads) {
    options_.io_threads = 3;
    start_with_tls();
    std::vector<std::thread> clients;

    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([this, path = "/" + std::to_string(i)] {
            for (int connection = 0; connection < 5; ++connection) {
                RawClient client(server_->port());
                ASSERT_TRUE(client.start_tls());
                client.send(get("/fast") + post(path, "body") + get("/throw"));
                EXPECT_EQ(body_of(client.response()), "ready");
                EXPECT_EQ(body_of(client.response()), "POST " + path + "||body");
                EXPECT_EQ(test::status_of(client.response()), 500);
            }
        });
    }
    for (auto& client : clients) client.join();
}

TEST_F(HttpThreadsTest, GivesEveryRequestAnIdOfItsOwn) {
    Application application;
    application.handler = [](const Request& request) {
        return Response{200, {}, std::make_shared<const std::string>(request.request_id + " " + request.remote)};
    };
    server_ = std::make_unique<Server>(ServerOptions{.address = "127.0.0.1:0", .tls = {}, .limits = {}}, application);
    server_->start();

    const auto first = body_of(ask(get("/")));
    const auto second = body_of(ask(get("/")));

    EXPECT_EQ(first.find(' '), 32U);
    EXPECT_EQ(first.substr(33, 10), "127.0.0.1:");
    EXPECT_NE(first.substr(0, 32), second.substr(0, 32));
}

TEST_F(HttpThreadsTest, CutsOffWhatIsLeftWhenPatienceEnds) {
    start();
    RawClient client(server_->port());
    client.send(get("/fast") + "GET /half");
    ASSERT_EQ(body_of(client.response()), "ready");

    server_->stop(std::chrono::milliseconds(20));
    server_.reset();

    EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpThreadsTest, MayBeDestroyedWithoutHavingStarted) {
    const Server server(ServerOptions{.address = ":0", .tls = {}, .limits = {}}, Application());

    EXPECT_NE(server.port(), 0);
}

}  // namespace
}  // namespace sello::http
