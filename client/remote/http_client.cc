#include "client/remote/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <future>
#include <thread>
#include <utility>

#include "client/remote/tls_context.h"
#include "tuf/base/ascii.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

/// What a transfer may take: the time for one step, and past that not less than a trickle.
class Pace {
public:
    explicit Pace(std::chrono::milliseconds step) : step_(step) {}
    [[nodiscard]] bool is_too_slow(std::size_t bytes) const {
        constexpr std::size_t min_bytes_per_second = 1024;
        const auto taken =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_);
        return taken > step_ && bytes < static_cast<std::size_t>(taken.count()) * min_bytes_per_second / 1000;
    }

private:
    std::chrono::milliseconds step_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The system's look-up cannot be cut short, so that one whose time is over is left behind.
tcp::resolver::results_type resolve(const Url& url, std::chrono::milliseconds timeout, error_code& failure) {
    struct Outcome {
        tcp::resolver::results_type addresses;
        error_code failure;
    };
    std::packaged_task<Outcome()> look_up([host = url.host, port = url.port] {
        asio::io_context io;
        Outcome outcome;
        outcome.addresses = tcp::resolver(io).resolve(host, port, outcome.failure);
        return outcome;
    });
    auto result = look_up.get_future();
    std::thread(std::move(look_up)).detach();
    if (result.wait_for(timeout) != std::future_status::ready) {
        failure = beast::error::timeout;
        return {};
    }
    Outcome outcome = result.get();
    failure = outcome.failure;
    return std::move(outcome.addresses);
}

}  // namespace

/// One connection; every step of it has a deadline.
class HttpClient::Connection {
public:
    Connection(const Url& url, asio::ssl::context* tls, std::chrono::milliseconds timeout)
        : url_(url), timeout_(timeout) {
        const auto deadline = next_deadline();
        error_code failure;
        const auto addresses = resolve(url, timeout, failure);
        if (failure) fail("resolve", failure);
        if (tls != nullptr) {
            secure_.emplace(io_, *tls);
            name_server();
            if (SSL_get_verify_mode(secure_->native_handle()) != SSL_VERIFY_NONE)
                secure_->set_verify_callback(asio::ssl::host_name_verification(url.host));
        } else {
            plain_.emplace(io_);
        }
        await(deadline, failure, [&](auto done) {
            lowest().async_connect(addresses, [done](error_code ec, const tcp::endpoint&) { done(ec, 0); });
        });
        if (failure) fail("connect", failure);
        lowest().socket().set_option(tcp::no_delay(true), failure);
        if (secure_) shake_hands();
    }

    /// False if the server had closed the connection before it took the request.
    bool send(http::request<http::string_body>& request) {
        http::request_serializer<http::string_body> serializer(request);
        const Pace pace(timeout_);
        std::size_t sent = 0;
        error_code failure;
        while (!serializer.is_done() && !failure) {
            sent += await(next_deadline(), failure, [&](auto done) {
                with_stream([&](auto& stream) { http::async_write_some(stream, serializer, done); });
            });
            if (!serializer.is_done() && pace.is_too_slow(sent)) failure = beast::error::timeout;
        }
        if (failure == beast::error::timeout) fail("write", failure);  // no reason to burden the server once more
        return !failure;
    }

    /// nullopt if the server closed the connection without a byte of an answer.
    std::optional<HttpAnswer> receive(const HttpRequest& wanted, const ByteSink& sink) {
        const auto deadline = next_deadline();
        for (int interim = 0; interim <= kMaxInterimAnswers; ++interim) {
            Parser parser;
            parser.header_limit(kMaxHeaderBytes);
            parser.body_limit(boost::none);
            parser.skip(wanted.method == "HEAD");
            if (!receive_header(parser, deadline, interim == 0)) return std::nullopt;
            const unsigned status = parser.get().result_int();
            if (status < 200 && status != 101) continue;  // an answer is still to come
            return receive_answer(parser, wanted, sink);
        }
        throw Error(Fault::Unavailable, concat(url_.str(), ": read: more than ", kMaxInterimAnswers,
                                               " interim answers and none to the request"));
    }

    [[nodiscard]] bool is_reusable() const { return is_reusable_; }

private:
    using Parser = http::response_parser<http::basic_dynamic_body<beast::flat_buffer>>;
    using Deadline = std::chrono::steady_clock::time_point;
    static constexpr std::uint32_t kMaxHeaderBytes = 64 * 1024;
    /// Beyond a whole head: what comes between the chunks of a body is under no bound of the parser's.
    static constexpr std::size_t kMaxBufferedBytes = 2 * std::size_t{kMaxHeaderBytes};
    static constexpr std::size_t kMaxRemarkBytes = 1U << 20U;
    static constexpr int kMaxInterimAnswers = 8;

    [[nodiscard]] Deadline next_deadline() const { return std::chrono::steady_clock::now() + timeout_; }

    void shake_hands() {
        error_code failure;
        await(next_deadline(), failure, [&](auto done) {
            secure_->async_handshake(asio::ssl::stream_base::client, [done](error_code ec) { done(ec, 0); });
        });
        if (failure) fail("TLS handshake", failure);
    }

    /// False if the server closed the connection before it said anything, where it may.
    bool receive_header(Parser& parser, Deadline deadline, bool may_be_closed) {
        error_code failure;
        await(deadline, failure, [&](auto done) {
            with_stream([&](auto& stream) { http::async_read_header(stream, buffer_, parser, done); });
        });
        if (failure && may_be_closed && !parser.got_some() && failure != beast::error::timeout) return false;
        if (failure) fail("read", failure);
        return true;
    }

    /// The body of a status other than 200 is one that nobody asked for, and bounded as such.
    HttpAnswer receive_answer(Parser& parser, const HttpRequest& wanted, const ByteSink& sink) {
        HttpAnswer answer;
        answer.status = parser.get().result_int();
        for (const auto& field : parser.get()) answer.headers.emplace(lower_case(field.name_string()), field.value());
        const bool is_wanted = answer.status == 200;
        const ByteSink into_answer = [&](ByteView piece) { answer.body += piece; };
        receive_body(parser, is_wanted ? wanted.max_answer_bytes : kMaxRemarkBytes,
                     is_wanted && sink ? sink : into_answer);
        is_reusable_ = parser.keep_alive();
        return answer;
    }

    /// Piece by piece, each with the time for a step; all of it not slower than a trickle.
    void receive_body(Parser& parser, std::size_t max_bytes, const ByteSink& sink) {
        if (!parser.is_done() && parser.content_length().value_or(0) > max_bytes) refuse_length();
        parser.body_limit(max_bytes);
        const Pace pace(timeout_);
        std::size_t received = 0;
        error_code failure;
        while (!parser.is_done() && !failure) {
            await(next_deadline(), failure, [&](auto done) {
                with_stream([&](auto& stream) { http::async_read_some(stream, buffer_, parser, done); });
            });
            received += drain(parser, sink);
            if (received > max_bytes) refuse_length();
            if (!parser.is_done() && pace.is_too_slow(received)) failure = beast::error::timeout;
        }
        if (failure) fail("read", failure);
    }

    static std::size_t drain(Parser& parser, const ByteSink& sink) {
        auto& piece = parser.get().body();
        const std::size_t size = piece.size();
        if (size != 0) sink(ByteView(static_cast<const char*>(piece.data().data()), size));
        piece.consume(size);
        return size;
    }

    /// Server name indication (RFC 6066 section 3), which is for names only.
    void name_server() {
        error_code no_address;
        (void)asio::ip::make_address(url_.host, no_address);
        if (!no_address) return;
        std::string name = url_.host;
        SSL_ctrl(secure_->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    }

    template <class Act>
    void with_stream(const Act& act) {
        if (secure_)
            act(*secure_);
        else
            act(*plain_);
    }

    beast::tcp_stream& lowest() { return secure_ ? beast::get_lowest_layer(*secure_) : *plain_; }

    /// The number of bytes that were moved.
    template <class Start>
    std::size_t await(Deadline deadline, error_code& failure, const Start& start) {
        lowest().expires_at(deadline);
        bool done = false;
        std::size_t moved = 0;
        start([&](error_code ec, std::size_t bytes) {
            failure = ec;
            moved = bytes;
            done = true;
        });
        io_.restart();
        while (!done && io_.run_one() != 0) continue;
        return moved;
    }

    [[noreturn]] static void refuse_length() {
        throw Error(Fault::TooLarge, "trust server returned a bad response: longer than it may be");
    }

    [[noreturn]] void fail(const char* step, const error_code& failure) const {
        const std::string subject = concat(url_.str(), ": ", step, ": ");
        if (failure == beast::error::timeout) throw Error(Fault::DeadlineExceeded, concat(subject, "timed out"));
        if (failure == http::error::body_limit || failure == http::error::header_limit ||
            failure == http::error::buffer_overflow)
            refuse_length();
        SSL* tls = secure_ ? const_cast<Stream&>(*secure_).native_handle() : nullptr;
        if (tls != nullptr && SSL_get_verify_mode(tls) != SSL_VERIFY_NONE) {
            const long verdict = SSL_get_verify_result(tls);
            // Boost's check of the name fails without a reason of its own.
            const std::string reason = verdict == X509_V_ERR_UNSPECIFIED ? concat("it is not for the name ", url_.host)
                                                                         : X509_verify_cert_error_string(verdict);
            if (verdict != X509_V_OK)
                throw Error(Fault::Untrusted, concat(subject, "the server's certificate is not trusted: ", reason));
        }
        throw Error(Fault::Unavailable, concat(subject, failure.message()));
    }

    using Stream = asio::ssl::stream<beast::tcp_stream>;
    const Url& url_;
    std::chrono::milliseconds timeout_;
    asio::io_context io_{1};
    std::optional<Stream> secure_;
    std::optional<beast::tcp_stream> plain_;
    beast::flat_buffer buffer_{kMaxBufferedBytes};
    bool is_reusable_ = false;
};

struct HttpClient::State {
    Url url;
    std::chrono::milliseconds timeout;
    std::optional<asio::ssl::context> tls;
    std::unique_ptr<Connection> connection;
};

HttpClient::HttpClient(Url url, const TlsSettings& tls, std::chrono::milliseconds timeout)
    : state_(std::make_unique<State>(State{std::move(url), timeout, std::nullopt, nullptr})) {
    if (state_->url.is_tls) state_->tls.emplace(make_tls_context(tls));
}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

const Url& HttpClient::url() const { return state_->url; }

HttpAnswer HttpClient::send(const HttpRequest& wanted, const ByteSink& sink) {
    try {
        return send_or_throw(wanted, sink);
    } catch (...) {
        state_->connection.reset();  // what is left of its answer must not pass for the next one
        throw;
    }
}

HttpClient::Connection& HttpClient::connect() {
    state_->connection =
        std::make_unique<Connection>(state_->url, state_->tls ? &*state_->tls : nullptr, state_->timeout);
    return *state_->connection;
}

HttpAnswer HttpClient::send_or_throw(const HttpRequest& wanted, const ByteSink& sink) {
    http::request<http::string_body> request;
    request.version(11);
    request.method_string(wanted.method);
    request.target(state_->url.prefix + wanted.path);
    const bool standard_port = state_->url.port == (state_->url.is_tls ? "443" : "80");
    request.set(http::field::host,
                standard_port ? state_->url.host_in_url() : concat(state_->url.host_in_url(), ":", state_->url.port));
    request.set(http::field::user_agent, "sello");
    for (const auto& [name, value] : wanted.headers) request.set(name, value);
    request.body() = wanted.body;
    request.prepare_payload();

    // A kept connection may have been closed by the server meanwhile: then, and only then, it is tried once more.
    std::optional<HttpAnswer> answer;
    if (state_->connection && state_->connection->send(request)) answer = state_->connection->receive(wanted, sink);
    if (!answer) {
        Connection& fresh = connect();
        (void)fresh.send(request);  // what it would not take to the end it may still have answered
        answer = fresh.receive(wanted, sink);
    }
    if (!answer)
        throw Error(Fault::Unavailable, concat(state_->url.str(), ": closed the connection without an answer"));
    if (!state_->connection->is_reusable()) state_->connection.reset();
    return std::move(*answer);
}

}  // namespace sello::client
