#include <gmock/gmock.h>
#include <openssl/pem.h>

#include "tests/server/http_fixture.h"
#include "tuf/base/error.h"

namespace sello::http {
namespace {

using test::body_of;
using test::header_of;
using test::RawClient;
using test::status_of;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_F(HttpServerTest, AnswersFromFastHandlerAndFromHandler) {
    start();

    const auto fast = ask(get("/fast"));
    const auto slow = ask(get("/some/path?a=%20b"));

    EXPECT_EQ(body_of(fast), "ready");
    EXPECT_EQ(header_of(fast, "X-Path"), "fast");
    EXPECT_THAT(header_of(fast, "Date"), EndsWith("GMT"));
    EXPECT_EQ(body_of(slow), "GET /some/path|a=%20b|");
}

TEST_F(HttpServerTest, ServesManyRequestsOnOneConnection) {
    start();
    RawClient client(server_->port());

    for (int i = 0; i < 200; ++i) {
        client.send(get(i % 2 == 0 ? "/fast" : "/x"));
        EXPECT_EQ(status_of(client.response()), 200);
    }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
    start();
    RawClient client(server_->port());
    std::string requests;
    for (int i = 0; i < 100; ++i) requests += i % 3 == 0 ? post("/" + std::to_string(i), "body") : get("/fast");

    client.send(requests);

    for (int i = 0; i < 100; ++i) {
        const auto body = body_of(client.response());
        EXPECT_EQ(body, i % 3 == 0 ? "POST /" + std::to_string(i) + "||body" : "ready");
    }
}

TEST_F(HttpServerTest, TakesRequestByteByByte) {
    start();
    RawClient client(server_->port());

    for (const char c : post("/p", "12345")) client.send(std::string_view(&c, 1));

    EXPECT_EQ(body_of(client.response()), "POST /p||12345");
}

TEST_F(HttpServerTest, ClosesWhenAsked) {
    start();
    RawClient client(server_->port());

    client.send("GET /fast HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    const auto answer = client.response();
    EXPECT_EQ(header_of(answer, "Connection"), "close");
    EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpServerTest, ClosesAfterAnsweringHttp10) {
    start();
    RawClient client(server_->port());

    client.send("GET /fast HTTP/1.0\r\n\r\n");

    EXPECT_EQ(body_of(client.response()), "ready");
    EXPECT_TRUE(client.is_closed());
}

TEST_F(HttpServerTest, AnswersHeadWithoutBody) {
    start();
    RawClient client(server_->port());
    client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/fast"));

    const auto head = client.response(false);

    EXPECT_EQ(header_of(head, "Content-Length"), "9");
    EXPECT_EQ(body_of(client.response()), "ready");
}

TEST_F(HttpServerTest, DecodesPathOnce) {
    start();

    EXPECT_EQ(body_of(ask(get("/a%2Fb%252F%c3%a9?q=%2F"))), "GET /a/b%2F\xc3\xa9|q=%2F|");
}

TEST_F(HttpServerTest, TakesAbsoluteTarget) {
    start();

    EXPECT_EQ(body_of(ask(get("http://host:1/p?q"))), "GET /p|q|");
}

TEST_F(HttpServerTest, SendsUncleanPathToCleanOne) {
    start();
    const std::vector<std::pair<std::string, std::string>> table = {{"/a//b", "/a/b"},
                                                                    {"/a/./b", "/a/b"},
                                                                    {"//evil/x", "/evil/x"},
                                                                    {"/a%2F%2Fb?x=1", "/a/b?x=1"},
                                                                    {"/a%20b//", "/a%20b/"}};

    for (const auto& [sent, wanted] : table) {
        const auto answer = ask(get(sent));
        EXPECT_EQ(status_of(answer), 301) << sent;
        EXPECT_EQ(header_of(answer, "Location"), wanted) << sent;
        EXPECT_EQ(header_of(answer, "Content-Length"), "0") << sent;
    }
}

TEST_F(HttpServerTest, RefusesPathsThatClimb) {
    start();

    for (const std::string path : {"/a/../b", "/a/%2e%2e/b/", "/../..", "/a/.."})
        EXPECT_EQ(status_of(ask(get(path))), 400) << path;
    EXPECT_EQ(status_of(ask(get("/a/..b"))), 200);
}

TEST_F(HttpServerTest, RefusesMalformedRequestsInJson) {
    start();
    const std::vector<std::string> table = {
        "garbage\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(100, '\xff'),
    };

    for (const auto& request : table) {
        RawClient client(server_->port());
        client.send(request);
        const auto answer = client.response();
        EXPECT_EQ(status_of(answer), 400) << request;
        EXPECT_EQ(header_of(answer, "Content-Type"), "application/json; charset=utf-8") << request;
        EXPECT_THAT(body_of(answer), StartsWith(R"({"errors":[{"code":"MALFORMED_REQUEST","message":")")) << request;
        EXPECT_THAT(body_of(answer), EndsWith("\"}]}\n")) << request;
        client.finish_sending();
        EXPECT_TRUE(client.is_closed()) << request;
    }
    EXPECT_EQ(status_of(ask(get("/fast"))), 200);
}

TEST_F(HttpServerTest, IgnoresHeadersOfTrailer) {
    start();

    const auto answer =
        ask("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nHost: b\r\n\r\n");

    EXPECT_EQ(body_of(answer), "POST /p||abcde");
}

TEST_F(HttpServerTest, GivesExceptionsToErrorHandler) {
    start();
    RawClient client(server_->port());

    client.send(get("/throw") + get("/fast"));

    const auto answer = client.response();
    EXPECT_EQ(status_of(answer), 500);
    EXPECT_THAT(body_of(answer), HasSubstr("thrown"));
    EXPECT_EQ(status_of(client.response()), 200);
}

TEST_F(HttpServerTest, AsksForBodyThatClientHoldsBack) {
    start();
    RawClient client(server_->port());

    client.send("PUT /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    const auto go_on = client.response();
    client.send("abc");

    EXPECT_EQ(go_on, "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(body_of(client.response()), "PUT /p||abc");
}

TEST_F(HttpServerTest, SendsLargeAnswersWhole) {
    start_with_tls();
    RawClient client(server_->port());
    ASSERT_TRUE(client.start_tls());

    client.send(get("/large"));

    EXPECT_EQ(body_of(client.response()), std::string(3'000'000, 'x'));
}

TEST_F(HttpServerTest, TakesLargeBodyOverTls) {
    start_with_tls();
    RawClient client(server_->port());
    ASSERT_TRUE(client.start_tls());
    const std::string body(5'000'000, 'b');

    client.send(post("/p", body));

    EXPECT_EQ(body_of(client.response()), "POST /p||" + body);
}

TEST_F(HttpServerTest, OffersTls12And13WithForwardSecrecyOnly) {
    start_with_tls();
    const std::vector<std::pair<int, bool>> table = {
        {TLS1_VERSION, false}, {TLS1_1_VERSION, false}, {TLS1_2_VERSION, true}, {TLS1_3_VERSION, true}};

    for (const auto& [version, offered] : table) {
        RawClient client(server_->port());
        ASSERT_EQ(client.start_tls(version), offered) << version;
        if (!offered) continue;
        EXPECT_THAT(client.cipher(), HasSubstr("GCM"));
        EXPECT_FALSE(client.has_alpn_answer());
        client.send(get("/fast"));
        EXPECT_EQ(body_of(client.response()), "ready");
    }
}

TEST_F(HttpServerTest, TellsPlainClientThatItSpeaksTls) {
    start_with_tls();
    RawClient client(server_->port());

    client.send(get("/fast"));
    client.finish_sending();

    const auto answer = client.until_closed();
    EXPECT_EQ(status_of(answer), 400);
    EXPECT_THAT(answer, HasSubstr("Client sent an HTTP request to an HTTPS server."));
}

TEST_F(HttpServerTest, RequiresClientCertificateOfKnownAuthority) {
    client_ca_ = test::make_certificate(dir_.path(), "known");
    const auto unknown = test::make_certificate(dir_.path(), "unknown");
    start_with_tls();
    const auto answer_for = [&](const std::string& certificate) {
        RawClient client(server_->port());
        if (!client.start_tls(TLS1_2_VERSION, certificate)) return std::string("refused");
        client.send(get("/fast"));
        return body_of(client.response());
    };

    EXPECT_EQ(answer_for(client_ca_), "ready");
    EXPECT_EQ(answer_for(unknown), "refused");
    EXPECT_EQ(answer_for(""), "refused");
}

TEST_F(HttpServerTest, TakesNewCertificateWhileRunning) {
    start_with_tls();
    RawClient before(server_->port());
    ASSERT_TRUE(before.start_tls());
    const auto renewed = test::make_certificate(dir_.path(), "renewed");

    server_->reload_tls({renewed, renewed, {}});
    EXPECT_ANY_THROW(server_->reload_tls({"/nonexistent", renewed, {}}));

    RawClient after(server_->port());
    ASSERT_TRUE(after.start_tls());
    for (auto* client : {&before, &after}) {
        client->send(get("/fast"));
        EXPECT_EQ(body_of(client->response()), "ready");
    }
}

TEST_F(HttpServerTest, RefusesAnEncryptedKeyWithoutAskingForItsPassphrase) {
    const auto plain = test::make_certificate(dir_.path(), "plain");
    const auto encrypted = dir_.path() + "/encrypted.pem";
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_file(plain.c_str(), "r"), BIO_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new_file(encrypted.c_str(), "w"), BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    const unsigned char passphrase[] = {'s', 'e', 'c', 'r', 'e', 't'};
    ASSERT_EQ(PEM_write_bio_PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), passphrase, sizeof passphrase, nullptr,
                                       nullptr),
              1);
    (void)BIO_flush(out.get());

    try {
        const TlsContext context(TlsOptions{plain, encrypted, {}});
        FAIL() << "took the key";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::BadConfiguration);
        EXPECT_EQ(std::string(e.what()), encrypted + ": is encrypted, want a key without a passphrase");
    }
}

TEST_F(HttpServerTest, FinishesRequestsInProgressWhenStopped) {
    start();
    RawClient idle(server_->port());
    idle.send(get("/fast"));
    ASSERT_EQ(status_of(idle.response()), 200);
    RawClient busy(server_->port());
    busy.send(get("/wait"));
    waiting_.get_future().wait();

    auto stopped = std::async(std::launch::async, [&] { server_->stop(std::chrono::seconds(10)); });
    EXPECT_TRUE(idle.is_closed());
    open_gate();
    const auto answer = busy.response();
    stopped.wait();
    server_.reset();

    EXPECT_EQ(body_of(answer), "GET /wait||");
    EXPECT_EQ(header_of(answer, "Connection"), "close");
}

TEST_F(HttpServerTest, ReportsAddressInUse) {
    start();
    ServerOptions second;
    second.address = "127.0.0.1:" + std::to_string(server_->port());

    EXPECT_ANY_THROW(Server(second, Application()));
}

}  // namespace
}  // namespace sello::http
