#include "server/http/transport.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

#include "tuf/base/error.h"

namespace sello::http {

void Transport::Free::operator()(SSL* ssl) const { SSL_free(ssl); }

void Transport::start_tls(SSL_CTX* context) {
    ssl_.reset(SSL_new(context));
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1)
        throw Error(Fault::Crypto, "cannot make a TLS session");
    SSL_set_accept_state(ssl_.get());
}

IoResult Transport::ssl_result(int result, std::size_t bytes) {
    if (result == 1) return {IoStatus::Done, bytes};
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ) return {IoStatus::WantRead};
    if (error == SSL_ERROR_WANT_WRITE) return {IoStatus::WantWrite};
    broken_ = error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL;
    ERR_clear_error();  // SSL_get_error would take leftovers for the next call's
    return {IoStatus::Closed};
}

IoResult Transport::socket_result(ssize_t result, IoStatus when_blocked) const {
    if (result > 0) return {IoStatus::Done, static_cast<std::size_t>(result)};
    if (result < 0 && (errno == EAGAIN || errno == EINTR)) return {when_blocked};
    return {IoStatus::Closed};
}

IoResult Transport::handshake() { return ssl_result(SSL_do_handshake(ssl_.get()), 0); }

IoResult Transport::peek(char& first) {
    const auto result = ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    return socket_result(result, IoStatus::WantRead);
}

IoResult Transport::read(std::span<char> into) {
    if (!ssl_) return discard(into);
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    return ssl_result(result, bytes);
}

IoResult Transport::write(std::string_view bytes) {
    if (!ssl_) {
        const auto result = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return socket_result(result, IoStatus::WantWrite);
    }
    std::size_t written = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    return ssl_result(result, written);
}

bool Transport::has_buffered_input() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

void Transport::shut_down() {
    if (ssl_ && !broken_ && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
    ERR_clear_error();
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

IoResult Transport::discard(std::span<char> scratch) {
    return socket_result(::recv(socket_.native_handle(), scratch.data(), scratch.size(), MSG_DONTWAIT),
                         IoStatus::WantRead);
}

}  // namespace sello::http
