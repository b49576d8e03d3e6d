#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <span>
#include <string_view>

#include "server/http/tls.h"

using SSL = struct ssl_st;

namespace sello::http {

/// The concrete executor, since the type-erased one costs on the hot path.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

enum class IoStatus { Done, WantRead, WantWrite, Closed };

struct IoResult {
    IoStatus status;
    std::size_t bytes = 0;
};

/// A TCP connection with or without TLS. Every operation does what it can at once and tells what to wait for; the
/// session does the waiting. OpenSSL reads and writes the socket itself, without buffers in between.
class Transport {
public:
    explicit Transport(Socket socket) : socket_(std::move(socket)) {}

    /// Puts TLS on the connection; `context` must outlive it. handshake() comes next.
    void start_tls(SSL_CTX* context);
    [[nodiscard]] IoResult handshake();
    /// The first byte that the client sent, left unread.
    [[nodiscard]] IoResult peek(char& first);

    [[nodiscard]] IoResult read(std::span<char> into);
    [[nodiscard]] IoResult write(std::string_view bytes);
    /// Whether bytes of the client's have been received, but not yet read.
    [[nodiscard]] bool has_buffered_input() const;

    /// Tells the client that no more will be sent.
    void shut_down();
    /// Reads from the socket beneath TLS and throws it away.
    [[nodiscard]] IoResult discard(std::span<char> scratch);

    [[nodiscard]] Socket& socket() { return socket_; }

private:
    struct Free {
        void operator()(SSL* ssl) const;
    };
    [[nodiscard]] IoResult ssl_result(int result, std::size_t bytes);
    [[nodiscard]] IoResult socket_result(ssize_t result, IoStatus when_blocked) const;

    Socket socket_;
    std::unique_ptr<SSL, Free> ssl_;
    bool broken_ = false;  ///< after a fatal TLS fault, nothing more may be sent
};

}  // namespace sello::http
