#include "client/remote/http_client.h"

#include <openssl/err.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "tuf/base/ascii.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

[[noreturn]] void refuse_tls(const std::string& what, const std::string& file, const std::string& reason) {
    ERR_clear_error();
    throw Error(Fault::BadConfiguration, concat("unable to configure TLS: ", what, " \"", file, "\": ", reason));
}

/// OpenSSL's words for a file that is not there, or not to be read, tell nobody that.
void require_readable(const std::string& what, const std::string& file) {
    std::ifstream stream(file);
    stream.peek();
    if (stream.bad() || !stream.is_open()) refuse_tls(what, file, std::strerror(errno));
}

void show_certificate(asio::ssl::context& context, const TlsSettings& tls) {
    require_readable("client certificate", tls.certificate_file);
    require_readable("client key", tls.key_file);
    error_code failure;
    context.use_certificate_chain_file(tls.certificate_file, failure);
    if (failure) refuse_tls("client certificate", tls.certificate_file, "holds no certificate in PEM form");
    context.set_password_callback([](std::size_t, asio::ssl::context::password_purpose) { return std::string(); });
    context.use_private_key_file(tls.key_file, asio::ssl::context::pem, failure);
    if (failure && ERR_GET_LIB(static_cast<unsigned long>(failure.value())) == ERR_LIB_X509)
        refuse_tls("client key", tls.key_file, concat("is not that of certificate \"", tls.certificate_file, "\""));
    if (failure) refuse_tls("client key", tls.key_file, "holds no private key in PEM form without a passphrase");
}

asio::ssl::context make_context(const TlsSettings& tls) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    error_code failure;
    if (tls.skip_verification) {
        context.set_verify_mode(asio::ssl::verify_none);
    } else {
        context.set_verify_mode(asio::ssl::verify_peer);
        if (tls.ca_file.empty()) {
            context.set_default_verify_paths(failure);
        } else {
            require_readable("CA certificate", tls.ca_file);
            context.load_verify_file(tls.ca_file, failure);
            if (failure) refuse_tls("CA certificate", tls.ca_file, "holds no certificate in PEM form");
        }
    }
    if (tls.certificate_file.empty() != tls.key_file.empty())
        throw Error(Fault::BadConfiguration,
                    "unable to configure TLS: either pass both client key and cert, or neither");
    if (!tls.certificate_file.empty()) show_certificate(context, tls);
    return context;
}

}  // namespace

/// One connection; every step of it has a deadline.
class HttpClient::Connection {
public:
    Connection(const Url& url, asio::ssl::context* tls, std::chrono::seconds timeout) : url_(url), timeout_(timeout) {
        tcp::resolver resolver(io_);
        error_code failure;
        const auto addresses = resolver.resolve(url.host, url.port, failure);
        if (failure) fail("resolve", failure);
        if (tls != nullptr) {
            secure_.emplace(io_, *tls);
            name_server();
            if (SSL_get_verify_mode(secure_->native_handle()) != SSL_VERIFY_NONE)
                secure_->set_verify_callback(asio::ssl::host_name_verification(url.host));
        } else {
            plain_.emplace(io_);
        }
        run("connect", [&](auto done) {
            lowest().async_connect(addresses, [done](error_code ec, const tcp::endpoint&) { done(ec); });
        });
        lowest().socket().set_option(tcp::no_delay(true), failure);
        if (secure_)
            run("TLS handshake", [&](auto done) { secure_->async_handshake(asio::ssl::stream_base::client, done); });
    }

    /// False if the server had closed the connection before it took the request.
    bool send(http::request<http::string_body>& request) {
        error_code failure;
        await(failure, [&](auto done) {
            const auto finished = [done](error_code ec, std::size_t) { done(ec); };
            if (secure_)
                http::async_write(*secure_, request, finished);
            else
                http::async_write(*plain_, request, finished);
        });
        return !failure;
    }

    /// nullopt if the server closed the connection without a byte of an answer. `max_bytes` bounds an answer of status
    /// 200; others have bodies that nobody asked for.
    std::optional<http::response<http::string_body>> receive(bool is_head, std::size_t max_bytes) {
        for (;;) {
            Parser parser;
            parser.header_limit(kMaxHeaderBytes);
            parser.body_limit(boost::none);
            parser.skip(is_head);
            if (!receive_header(parser)) return std::nullopt;
            const unsigned status = parser.get().result_int();
            if (status < 200 && status != 101) continue;  // an answer is still to come
            receive_body(parser, status == 200 ? max_bytes : std::max(max_bytes, kMaxRemarkBytes));
            return parser.release();
        }
    }

private:
    using Parser = http::response_parser<http::string_body>;
    static constexpr std::uint32_t kMaxHeaderBytes = 64 * 1024;
    static constexpr std::size_t kMaxRemarkBytes = 1U << 20U;
    static constexpr std::size_t kMinBytesPerSecond = 1024;

    /// False if the server closed the connection before it said anything.
    bool receive_header(Parser& parser) {
        error_code failure;
        await(failure, [&](auto done) {
            const auto finished = [done](error_code ec, std::size_t) { done(ec); };
            if (secure_)
                http::async_read_header(*secure_, buffer_, parser, finished);
            else
                http::async_read_header(*plain_, buffer_, parser, finished);
        });
        if (failure && !parser.got_some() && failure != beast::error::timeout) return false;
        if (failure) fail("read", failure);
        return true;
    }

    /// Piece by piece, each with the time for a step; all of it not slower than a trickle.
    void receive_body(Parser& parser, std::size_t max_bytes) {
        const auto too_long = [] {
            return Error(Fault::TooLarge, "trust server returned a bad response: longer than it may be");
        };
        if (!parser.is_done() && parser.content_length().value_or(0) > max_bytes) throw too_long();
        parser.body_limit(max_bytes);
        const auto start = std::chrono::steady_clock::now();
        error_code failure;
        while (!parser.is_done() && !failure) {
            await(failure, [&](auto done) {
                const auto finished = [done](error_code ec, std::size_t) { done(ec); };
                if (secure_)
                    http::async_read_some(*secure_, buffer_, parser, finished);
                else
                    http::async_read_some(*plain_, buffer_, parser, finished);
            });
            const auto seconds =
                std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start);
            const auto wanted = static_cast<std::size_t>(seconds.count()) * kMinBytesPerSecond;
            if (seconds > timeout_ && parser.get().body().size() < wanted) failure = beast::error::timeout;
        }
        if (failure == http::error::body_limit || parser.get().body().size() > max_bytes) throw too_long();
        if (failure) fail("read", failure);
    }

    /// Server name indication (RFC 6066 section 3), which is for names only.
    void name_server() {
        error_code no_address;
        (void)asio::ip::make_address(url_.host, no_address);
        if (!no_address) return;
        std::string name = url_.host;
        SSL_ctrl(secure_->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    }

    beast::tcp_stream& lowest() { return secure_ ? beast::get_lowest_layer(*secure_) : *plain_; }

    template <class Start>
    void await(error_code& failure, const Start& start) {
        lowest().expires_after(timeout_);
        bool done = false;
        start([&](error_code ec) {
            failure = ec;
            done = true;
        });
        io_.restart();
        while (!done && io_.run_one() != 0) continue;
    }

    template <class Start>
    void run(const char* step, const Start& start) {
        error_code failure;
        await(failure, start);
        if (failure) fail(step, failure);
    }

    [[noreturn]] void fail(const char* step, const error_code& failure) const {
        const std::string subject = concat(url_.str(), ": ", step, ": ");
        if (failure == beast::error::timeout) throw Error(Fault::DeadlineExceeded, concat(subject, "timed out"));
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
    std::chrono::seconds timeout_;
    asio::io_context io_{1};
    std::optional<Stream> secure_;
    std::optional<beast::tcp_stream> plain_;
    beast::flat_buffer buffer_;
};

struct HttpClient::State {
    Url url;
    std::chrono::seconds timeout;
    std::optional<asio::ssl::context> tls;
    std::unique_ptr<Connection> connection;
};

HttpClient::HttpClient(Url url, const TlsSettings& tls, std::chrono::seconds timeout)
    : state_(std::make_unique<State>(State{std::move(url), timeout, std::nullopt, nullptr})) {
    if (state_->url.is_tls) state_->tls.emplace(make_context(tls));
}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

const Url& HttpClient::url() const { return state_->url; }

HttpAnswer HttpClient::send(const HttpRequest& wanted) {
    try {
        return send_or_throw(wanted);
    } catch (...) {
        state_->connection.reset();  // what is left of its answer must not pass for the next one
        throw;
    }
}

HttpAnswer HttpClient::send_or_throw(const HttpRequest& wanted) {
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
    std::optional<http::response<http::string_body>> response;
    for (const bool kept : {state_->connection != nullptr, false}) {
        if (!kept)
            state_->connection =
                std::make_unique<Connection>(state_->url, state_->tls ? &*state_->tls : nullptr, state_->timeout);
        if (state_->connection->send(request) || !kept)
            response = state_->connection->receive(wanted.method == "HEAD", wanted.max_answer_bytes);
        if (response || !kept) break;
    }
    if (!response)
        throw Error(Fault::Unavailable, concat(state_->url.str(), ": closed the connection without an answer"));
    HttpAnswer answer{response->result_int(), {}, std::move(response->body())};
    for (const auto& field : *response) {
        answer.headers.emplace(lower_case(field.name_string()), field.value());
    }
    if (!response->keep_alive()) state_->connection.reset();
    return answer;
}

}  // namespace sello::client
