#include "server/http/connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

namespace sello::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {
constexpr std::size_t kDeadlineBytes = 64U << 10U;
constexpr unsigned kOperationsInARow = 64;
}  // namespace

void Connection::check_deadline(std::uint64_t now) {
    if (deadline_ == 0 || now < deadline_) return;
    deadline_ = 0;
    expired_ = true;
    ErrorCode ignored;
    transport_.socket().cancel(ignored);
}

void Connection::close() {
    closed_ = true;
    ErrorCode ignored;
    transport_.socket().cancel(ignored);
}

Task<bool> Connection::wait(IoStatus what) {
    operations_in_a_row_ = 0;
    if (closed_ || expired_ || what == IoStatus::Closed) co_return false;
    const auto direction = what == IoStatus::WantRead ? Socket::wait_read : Socket::wait_write;
    ErrorCode fault;
    auto token = asio::redirect_error(kAwait, fault);
    co_await transport_.socket().async_wait(direction, token);
    co_return !fault && !closed_ && !expired_;
}

Task<void> Connection::take_turns() {
    operations_in_a_row_ = 0;
    const Executor executor = loop_.context().get_executor();
    co_await asio::post(executor, kAwait);
}

/// A TLS client starts with a record of type 22; a letter there is a plain HTTP method.
Task<bool> Connection::handshake(SSL_CTX* context) {
    char first = 0;
    IoResult result = transport_.peek(first);
    while (result.status == IoStatus::WantRead) {
        const bool ready = co_await wait(IoStatus::WantRead);
        if (!ready) co_return false;
        result = transport_.peek(first);
    }
    if (result.status != IoStatus::Done) co_return false;
    if (first >= 'A' && first <= 'Z') {
        co_await refuse_plain_http();
        co_return false;
    }
    transport_.start_tls(context);
    result = transport_.handshake();
    while (result.status != IoStatus::Done) {
        const bool ready = co_await wait(result.status);
        if (!ready) co_return false;
        result = transport_.handshake();
    }
    co_return true;
}

/// Within the handshake's deadline. The text is Go's, which Notary's operators know.
Task<void> Connection::refuse_plain_http() {
    const std::string_view answer = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    (void)transport_.write(answer);
    transport_.shut_down();
    co_await linger();
}

Task<bool> Connection::fill(boost::beast::flat_buffer& input, std::size_t at_most, bool just_answered) {
    if (++operations_in_a_row_ > kOperationsInARow) co_await take_turns();
    const auto room = input.prepare(at_most);
    const std::span<char> into(static_cast<char*>(room.data()), room.size());
    // Asking the socket for what is not there yet would be a system call for nothing.
    const bool wait_first = just_answered && !transport_.has_buffered_input();
    IoResult result{IoStatus::WantRead};
    if (!wait_first) result = transport_.read(into);
    while (result.status != IoStatus::Done) {
        const bool ready = co_await wait(result.status);
        if (!ready) co_return false;
        result = transport_.read(into);
    }
    input.commit(result.bytes);
    co_return true;
}

Task<bool> Connection::write_all(std::string_view bytes, std::chrono::milliseconds timeout, std::uint64_t last) {
    set_deadline(timeout, last);
    std::size_t since_deadline = 0;
    while (!bytes.empty()) {
        if (++operations_in_a_row_ > kOperationsInARow) co_await take_turns();
        const IoResult result = transport_.write(bytes);
        if (result.status == IoStatus::Done) {
            bytes.remove_prefix(result.bytes);
            since_deadline += result.bytes;
            if (since_deadline < kDeadlineBytes) continue;
            set_deadline(timeout, last);
            since_deadline = 0;
            continue;
        }
        const bool ready = co_await wait(result.status);
        if (!ready) co_return false;
    }
    clear_deadline();
    co_return true;
}

Task<void> Connection::linger() {
    while (true) {
        const IoResult result = transport_.discard(loop_.scratch());
        if (result.status == IoStatus::Closed) co_return;
        const bool ready = co_await wait(IoStatus::WantRead);
        if (!ready) co_return;
    }
}

}  // namespace sello::http
