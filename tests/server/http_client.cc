#include "tests/server/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace sello::test {

RawClient::RawClient(std::uint16_t port, const std::string& from)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (!from.empty()) {
        inet_pton(AF_INET, from.c_str(), &address.sin_addr);
        if (bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot bind");
    }
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot connect");
}

RawClient::~RawClient() {
    ssl_.reset();
    ::close(socket_);
}

bool RawClient::start_tls(int version, const std::string& certificate) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_options(context_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (version != 0) {
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_min_proto_version(context_.get(), version);
        SSL_CTX_set_max_proto_version(context_.get(), version);
    }
    if (!certificate.empty()) {
        SSL_CTX_use_certificate_chain_file(context_.get(), certificate.c_str());
        SSL_CTX_use_PrivateKey_file(context_.get(), certificate.c_str(), SSL_FILETYPE_PEM);
    }
    static constexpr std::array<unsigned char, 12> kProtocols = {2,   'h', '2', 8,   'h', 't',
                                                                 't', 'p', '/', '1', '.', '1'};
    SSL_CTX_set_alpn_protos(context_.get(), kProtocols.data(), kProtocols.size());
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    const bool connected = SSL_connect(ssl_.get()) == 1;
    ERR_clear_error();
    return connected;
}

bool RawClient::has_alpn_answer() const {
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
    return size > 0;
}

bool RawClient::send(std::string_view bytes) {
    if (ssl_) return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void RawClient::finish_sending() { shutdown(socket_, SHUT_WR); }

int RawClient::receive() {
    std::array<char, 65536> buffer{};
    int count = 0;
    if (ssl_) {
        count = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (count <= 0) count = SSL_get_error(ssl_.get(), count) == SSL_ERROR_WANT_READ ? -1 : 0;
    } else {
        count = static_cast<int>(::recv(socket_, buffer.data(), buffer.size(), 0));
        if (count < 0 && errno == ECONNRESET) received_ += "<reset>";
        if (count < 0 && errno != EAGAIN) count = 0;
    }
    if (count > 0) received_.append(buffer.data(), static_cast<std::size_t>(count));
    return count;
}

std::string RawClient::response(bool has_body) {
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos)
        if (receive() <= 0) return received_ + "<cut off>";
    end += 4;
    std::size_t length = 0;
    const auto text = header_of(received_.substr(0, end), "Content-Length");
    if (has_body) std::from_chars(text.data(), text.data() + text.size(), length);
    while (received_.size() < end + length)
        if (receive() <= 0) return received_ + "<cut off>";
    auto whole = received_.substr(0, end + length);
    received_.erase(0, end + length);
    return whole;
}

std::string RawClient::until_closed() {
    int count = 1;
    while (count > 0) count = receive();
    return std::exchange(received_, {}) + (count < 0 ? "<timeout>" : "");
}

std::string header_of(const std::string& response, const std::string& name) {
    const auto start = response.find("\r\n" + name + ": ");
    if (start == std::string::npos) return {};
    const auto value = start + name.size() + 4;
    return response.substr(value, response.find("\r\n", value) - value);
}

std::string body_of(const std::string& response) {
    const auto end = response.find("\r\n\r\n");
    return end == std::string::npos ? "" : response.substr(end + 4);
}

int status_of(const std::string& response) {
    int status = 0;
    if (response.size() > 12) std::from_chars(response.data() + 9, response.data() + 12, status);
    return status;
}

}  // namespace sello::test
