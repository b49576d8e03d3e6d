// What a server that means ill can do to the client: nothing beyond the bounds of time and memory.
#include "client/remote/http_client.h"

#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tests/client/scripted_server.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShort{100};
constexpr milliseconds kLong{20'000};
constexpr std::size_t kBound = 1000;
const std::string kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// The fault of one GET of at most kBound bytes; nullopt if there was an answer.
std::optional<Fault> fault_of(const ScriptedServer& server, milliseconds timeout, const ByteSink& sink = {}) {
    HttpRequest request;
    request.path = "/file";
    request.max_answer_bytes = kBound;
    try {
        (void)HttpClient(Url::parse(server.url()), {}, timeout).send(request, sink);
        return std::nullopt;
    } catch (const Error& e) {
        return e.fault();
    }
}

std::function<void(Socket&)> answers(const std::string& text) {
    return [text](Socket& socket) {
        (void)read_head(socket);
        (void)write_text(socket, text);
    };
}

/// The same text for as long as the client is there.
std::function<void(Socket&)> answers_without_end(const std::string& start, const std::string& repeated) {
    return [=](Socket& socket) {
        (void)read_head(socket);
        if (!write_text(socket, start)) return;
        while (write_text(socket, repeated)) continue;
    };
}

TEST(HttpClientTest, GivesTheBodyInOnePieceOrInPieces) {
    const ScriptedServer server(answers(kChunked + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"));
    HttpClient client(Url::parse(server.url()), {});
    EXPECT_EQ(client.send({}).body, "abcde");

    const ScriptedServer other(answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"));
    Bytes taken;
    HttpClient streaming(Url::parse(other.url()), {});
    EXPECT_EQ(streaming.send({}, [&](ByteView piece) { taken += piece; }).body, "");
    EXPECT_EQ(taken, "abcde");
}

TEST(HttpClientTest, TheSinkGetsNoBodyOfAnotherStatus) {
    const ScriptedServer server(answers("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"));
    Bytes taken;
    HttpClient client(Url::parse(server.url()), {});
    EXPECT_EQ(client.send({}, [&](ByteView piece) { taken += piece; }).body, "gone");
    EXPECT_EQ(taken, "");
}

TEST(HttpClientTest, RefusesALengthPastTheBoundBeforeTheBody) {
    const ScriptedServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"));
    EXPECT_EQ(fault_of(server, kLong), Fault::TooLarge);
}

TEST(HttpClientTest, RefusesABodyPastTheBound) {
    const ScriptedServer chunked(answers_without_end(kChunked, "5\r\nabcde\r\n"));
    EXPECT_EQ(fault_of(chunked, kLong), Fault::TooLarge);
    Bytes taken;
    EXPECT_EQ(fault_of(chunked, kLong, [&](ByteView piece) { taken += piece; }), Fault::TooLarge);
    EXPECT_LE(taken.size(), kBound);

    const ScriptedServer until_close(answers_without_end("HTTP/1.1 200 OK\r\n\r\n", "abcde"));
    EXPECT_EQ(fault_of(until_close, kLong), Fault::TooLarge);
}

TEST(HttpClientTest, RefusesARemarkOfAnyLength) {
    const ScriptedServer server(answers_without_end("HTTP/1.1 404 Not Found\r\n\r\n", std::string(4096, 'x')));
    EXPECT_EQ(fault_of(server, kLong), Fault::TooLarge);
}

TEST(HttpClientTest, RefusesAHeadWithoutEnd) {
    const ScriptedServer server(
        answers_without_end("HTTP/1.1 200 OK\r\n", "X-Field: " + std::string(999, 'x') + "\r\n"));
    EXPECT_EQ(fault_of(server, kLong), Fault::TooLarge);
}

TEST(HttpClientTest, RefusesAChunkExtensionWithoutEnd) {
    const ScriptedServer server(answers_without_end(kChunked + "5;a=", std::string(4096, 'x')));
    EXPECT_EQ(fault_of(server, kLong), Fault::TooLarge);
}

TEST(HttpClientTest, RefusesATrailerWithoutEnd) {
    const ScriptedServer server(answers_without_end(kChunked + "0\r\n", "X-Field: " + std::string(999, 'x') + "\r\n"));
    EXPECT_EQ(fault_of(server, kLong), Fault::TooLarge);
}

TEST(HttpClientTest, SkipsAFewInterimAnswersAndNotMore) {
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    const ScriptedServer few(answers(interim + interim + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_EQ(fault_of(few, kLong), std::nullopt);

    const ScriptedServer endless(answers_without_end("", interim));
    EXPECT_EQ(fault_of(endless, kLong), Fault::Unavailable);
}

TEST(HttpClientTest, EndsWhatTrickles) {
    const ScriptedServer server([](Socket& socket) {
        (void)read_head(socket);
        boost::asio::steady_timer timer(socket.get_executor());
        for (std::string text = kChunked; write_text(socket, text); text = "1\r\nx\r\n") {
            timer.expires_after(kShort / 4);
            timer.wait();
        }
    });
    EXPECT_EQ(fault_of(server, kShort), Fault::DeadlineExceeded);
}

TEST(HttpClientTest, EndsWaitingForAHeadThatInterimAnswersPutOff) {
    const ScriptedServer server(answers("HTTP/1.1 100 Continue\r\n\r\n"));
    EXPECT_EQ(fault_of(server, kShort), Fault::DeadlineExceeded);
}

HttpRequest large_upload() {
    HttpRequest request;
    request.method = "POST";
    request.path = "/";
    request.body.assign(std::size_t{32} << 20U, 'x');
    return request;
}

TEST(HttpClientTest, ARequestThatIsNotTakenIsNotSentAgain) {
    const ScriptedServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    HttpClient client(Url::parse(server.url()), {}, milliseconds(1000));
    EXPECT_EQ(client.send({}).status, 200U);

    try {
        (void)client.send(large_upload());
        ADD_FAILURE() << "there was an answer";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::DeadlineExceeded) << e.what();
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClientTest, ARequestMayTakeLongerThanOneStepOfIt) {
    constexpr milliseconds step{1000};
    const ScriptedServer server([&](Socket& socket) {
        boost::asio::steady_timer timer(socket.get_executor());
        (void)read_head(socket);
        std::string piece(512U << 10U, '\0');
        boost::system::error_code gone;
        for (int i = 0; i < 63 && !gone; ++i) {
            boost::asio::read(socket, boost::asio::buffer(piece), gone);
            timer.expires_after(step / 40);
            timer.wait();
        }
        (void)write_text(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    HttpClient client(Url::parse(server.url()), {}, step);
    EXPECT_EQ(client.send(large_upload()).status, 200U);
}

TEST(HttpClientTest, AKeptConnectionThatTheServerClosedIsReplaced) {
    const ScriptedServer server([](Socket& socket) {
        (void)read_head(socket);
        (void)write_text(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        socket.close();
    });
    HttpClient client(Url::parse(server.url()), {});
    EXPECT_EQ(client.send({}).status, 200U);
    EXPECT_EQ(client.send({}).status, 200U);
    EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace sello::client
