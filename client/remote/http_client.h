#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "client/byte_sink.h"
#include "client/remote/tls_settings.h"
#include "client/remote/url.h"
#include "tuf/base/bytes.h"

namespace sello::client {

struct HttpRequest {
    std::string method = "GET";
    std::string path;  ///< encoded; below the URL's prefix
    std::map<std::string, std::string> headers;
    Bytes body;
    std::size_t max_answer_bytes = std::size_t{100} << 20U;  ///< of a body of status 200
};

struct HttpAnswer {
    unsigned status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    Bytes body;
};

/// HTTP/1.1 to one server, over one connection for as long as the server keeps it open. Not for several threads.
class HttpClient {
public:
    HttpClient(Url url, const TlsSettings& tls, std::chrono::milliseconds timeout = std::chrono::seconds(30));
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;
    ~HttpClient();

    /// Any status is an answer. Throws Error(Fault::Unavailable or DeadlineExceeded) if there is none,
    /// Fault::Untrusted if the server's certificate is not to be trusted, Fault::TooLarge past the bound.
    /// The timeout is for each step: connect, handshake, the head of the answer, and each piece of a body, either way;
    /// a body that takes longer must not be slower than a trickle.
    /// `sink`, if there is one, gets the body of an answer of status 200 in place of HttpAnswer::body, as it comes:
    /// what it was given before a throw is to be thrown away.
    [[nodiscard]] HttpAnswer send(const HttpRequest& wanted, const ByteSink& sink = {});
    [[nodiscard]] const Url& url() const;

private:
    class Connection;
    struct State;
    [[nodiscard]] HttpAnswer send_or_throw(const HttpRequest& wanted, const ByteSink& sink);
    [[nodiscard]] Connection& connect();
    std::unique_ptr<State> state_;
};

}  // namespace sello::client
