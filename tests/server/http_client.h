#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>

namespace sello::test {

/// A blocking client that sends whatever bytes a test likes. Gives up after ten seconds without an answer.
class RawClient {
public:
    /// `from`: an IPv4 address of this host's to connect from; empty: any.
    explicit RawClient(std::uint16_t port, const std::string& from = "");
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    RawClient(RawClient&&) = delete;
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient();

    /// False if the handshake fails. `version` is the only one offered; 0: any. The certificate is a PEM file with its
    /// key, or empty.
    bool start_tls(int version = 0, const std::string& certificate = "");
    [[nodiscard]] std::string cipher() const { return SSL_get_cipher(ssl_.get()); }
    [[nodiscard]] bool has_alpn_answer() const;

    /// False if the peer no longer takes it all.
    bool send(std::string_view bytes);
    /// Tells the peer that no more will come.
    void finish_sending();
    /// One response: head, and as much body as its Content-Length says. What follows is kept for the next call.
    std::string response(bool has_body = true);
    /// All that comes until the peer closes; `<timeout>` at the end if it does not.
    std::string until_closed();
    /// Whether the peer has closed the connection, once what was received has been read.
    bool is_closed() { return until_closed().empty(); }

private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    /// Bytes read, 0 at the end, below 0 after ten seconds.
    int receive();

    int socket_;
    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> ssl_;
    std::string received_;
};

/// What a Date header, or another one that changes, is cut from.
[[nodiscard]] std::string header_of(const std::string& response, const std::string& name);
[[nodiscard]] std::string body_of(const std::string& response);
[[nodiscard]] int status_of(const std::string& response);

}  // namespace sello::test
