#include <gmock/gmock.h>

#include "tests/server/http_fixture.h"

namespace sello::http {
namespace {

using std::chrono::milliseconds;
using test::body_of;
using test::header_of;
using test::RawClient;
using test::status_of;
using testing::HasSubstr;

class HttpLimitsTest : public HttpServerTest {
protected:
    static std::string head_with_length(const std::string& length) {
        return "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
    }
};

TEST_F(HttpLimitsTest, RefusesLargeContentLengthAtOnce) {
    options_.limits.body_bytes = 1000;
    start();
    RawClient client(server_->port());

    client.send(head_with_length("1000000000000"));

    const auto answer = client.response();
    EXPECT_EQ(status_of(answer), 413);
    EXPECT_THAT(body_of(answer), HasSubstr("BODY_TOO_LARGE"));
    EXPECT_EQ(header_of(answer, "Connection"), "close");
}

TEST_F(HttpLimitsTest, DeliversRefusalToClientThatKeepsSending) {
    options_.limits.body_bytes = 1000;
    start();
    RawClient client(server_->port());
    const std::string body(20'000'000, 'x');

    client.send(post("/p", body));
    client.finish_sending();

    EXPECT_EQ(status_of(client.response()), 413);
    EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpLimitsTest, CutsChunkedBodyAtLimit) {
    options_.limits.body_bytes = 1000;
    start();
    RawClient client(server_->port());

    client.send("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 11; ++i) client.send("64\r\n" + std::string(100, 'c') + "\r\n");

    EXPECT_EQ(status_of(client.response()), 413);
}

TEST_F(HttpLimitsTest, TakesBodyOfExactlyTheLimit) {
    options_.limits.body_bytes = 1000;
    start();

    EXPECT_EQ(status_of(ask(post("/p", std::string(1000, 'x')))), 200);
}

TEST_F(HttpLimitsTest, RefusesWhenBodiesInProgressAreTooMuch) {
    options_.limits.total_body_bytes = 300'000;
    start();
    RawClient first(server_->port());
    first.send(post("/wait", std::string(200'000, 'x')));
    waiting_.get_future().wait();
    RawClient second(server_->port());
    second.send(post("/p", std::string(200'000, 'y')));

    const auto refused = second.response();
    open_gate();

    EXPECT_EQ(status_of(refused), 503);
    EXPECT_EQ(status_of(first.response()), 200);
    EXPECT_EQ(status_of(ask(post("/p", std::string(200'000, 'z')))), 200);
}

TEST_F(HttpLimitsTest, DoesNotCountBodiesThatWereOnlyAnnounced) {
    options_.limits.total_body_bytes = 100'000;
    start();
    RawClient announcing(server_->port());
    announcing.send(head_with_length("60000000") + "x");

    EXPECT_EQ(status_of(ask(post("/p", std::string(40'000, 'y')))), 200);
}

TEST_F(HttpLimitsTest, RefusesLargeHeaders) {
    options_.limits.header_bytes = 4096;
    start();

    const auto answer = ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(5000, 'x') + "\r\n\r\n");

    EXPECT_EQ(status_of(answer), 431);
    EXPECT_THAT(body_of(answer), HasSubstr("HEADERS_TOO_LARGE"));
}

TEST_F(HttpLimitsTest, RefusesHeadersWithoutEnd) {
    options_.limits.header_bytes = 4096;
    start();
    RawClient client(server_->port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n");

    for (int i = 0; i < 300; ++i) client.send("X-Small: header\r\n");

    EXPECT_EQ(status_of(client.response()), 431);
}

TEST_F(HttpLimitsTest, RefusesChunkHeaderWithoutEnd) {
    options_.limits.header_bytes = 4096;
    start();
    RawClient client(server_->port());

    client.send("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(10'000, 'x'));

    EXPECT_EQ(status_of(client.response()), 431);
}

TEST_F(HttpLimitsTest, AnswersTimeoutForSlowHeaders) {
    options_.limits.header_timeout = milliseconds(40);
    start();
    RawClient client(server_->port());

    client.send("GET / HT");

    EXPECT_EQ(status_of(client.response()), 408);
}

TEST_F(HttpLimitsTest, AnswersTimeoutForSlowBody) {
    options_.limits.body_timeout = milliseconds(40);
    start();
    RawClient client(server_->port());

    client.send(head_with_length("10") + "only");

    EXPECT_EQ(status_of(client.response()), 408);
}

TEST_F(HttpLimitsTest, AnswersTimeoutForABodyThatKeepsTrickling) {
    options_.limits.whole_body_timeout = milliseconds(40);
    start();
    RawClient client(server_->port());

    client.send(head_with_length("300000") + std::string(100'000, 'x'));
    client.send(std::string(100'000, 'x'));

    const auto answer = client.response();
    EXPECT_EQ(status_of(answer), 408);
    EXPECT_THAT(body_of(answer), HasSubstr("REQUEST_TIMEOUT"));
}

TEST_F(HttpLimitsTest, ClosesIdleConnectionSilently) {
    options_.limits.idle_timeout = milliseconds(40);
    start();
    RawClient client(server_->port());
    client.send(get("/fast"));
    ASSERT_EQ(status_of(client.response()), 200);

    EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpLimitsTest, ClosesConnectionWithoutHandshake) {
    options_.limits.handshake_timeout = milliseconds(40);
    start_with_tls();
    RawClient silent(server_->port());
    RawClient halfway(server_->port());
    halfway.send("\x16\x03\x01");

    EXPECT_TRUE(silent.is_closed());
    EXPECT_TRUE(halfway.is_closed());
}

TEST_F(HttpLimitsTest, CutsOffClientThatDoesNotRead) {
    options_.limits.write_timeout = milliseconds(40);
    start();
    RawClient client(server_->port());

    std::string requests;
    for (int i = 0; i < 20; ++i) requests += get("/large");  // far more than the sockets' buffers
    client.send(requests);

    while (server_->open_connections() > 1) std::this_thread::yield();  // one slot is the listener's
}

TEST_F(HttpLimitsTest, CutsOffClientThatTakesTooLongOverOneAnswer) {
    options_.limits.whole_answer_timeout = milliseconds(40);
    start();
    RawClient client(server_->port());

    std::string requests;
    for (int i = 0; i < 20; ++i) requests += get("/large");
    client.send(requests);

    while (server_->open_connections() > 1) std::this_thread::yield();
}

TEST_F(HttpLimitsTest, RefusesRequestsWhenWorkersAreBusy) {
    options_.workers = 1;
    options_.limits.waiting_requests = 1;
    start();
    RawClient running(server_->port());
    running.send(get("/wait"));
    waiting_.get_future().wait();
    RawClient first(server_->port());
    RawClient second(server_->port());
    first.send(get("/x"));
    second.send(get("/x"));
    std::vector<int> statuses;
    const auto collect = [&](RawClient& client) { statuses.push_back(status_of(client.response())); };

    EXPECT_EQ(body_of(ask(get("/fast"))), "ready");
    open_gate();
    for (auto* client : {&running, &first, &second}) collect(*client);

    EXPECT_THAT(statuses, testing::UnorderedElementsAre(200, 200, 503));
}

TEST_F(HttpLimitsTest, OthersDoNotWaitForSlowRequests) {
    options_.workers = 1;
    options_.limits.waiting_requests = 1;
    start();
    RawClient slow(server_->port());
    slow.send(post("/wait", ""));
    waiting_.get_future().wait();
    RawClient next(server_->port());
    next.send(post("/p", ""));

    EXPECT_EQ(status_of(ask(get("/x"))), 200);
    open_gate();
    EXPECT_EQ(status_of(slow.response()), 200);
    EXPECT_EQ(status_of(next.response()), 200);
}

TEST_F(HttpLimitsTest, ClosesIdleConnectionForNewOne) {
    options_.limits.connections = 2;
    start();
    RawClient first(server_->port());
    RawClient second(server_->port());
    RawClient third(server_->port());

    third.send(get("/fast"));

    EXPECT_EQ(status_of(third.response()), 200);
}

TEST_F(HttpLimitsTest, ServesOthersWhileManySendGarbage) {
    start_with_tls();
    std::vector<std::unique_ptr<RawClient>> hostile;
    for (int i = 0; i < 100; ++i) {
        hostile.push_back(std::make_unique<RawClient>(server_->port()));
        hostile.back()->send(std::string(static_cast<std::size_t>(i) * 100 + 1, static_cast<char>(i * 7)));
    }
    RawClient client(server_->port());
    ASSERT_TRUE(client.start_tls());

    client.send(get("/fast"));

    EXPECT_EQ(status_of(client.response()), 200);
}

}  // namespace
}  // namespace sello::http
