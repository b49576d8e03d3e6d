#include "server/http/session.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "server/http/request_parser.h"
#include "server/http/target.h"
#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace sello::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::size_t kSmallRead = 4U << 10U;
constexpr std::size_t kLargeRead = 64U << 10U;
constexpr std::size_t kTlsRecord = 16U << 10U;
constexpr unsigned kRequestsInARow = 32;

std::string address_of(Socket& socket) {
    ErrorCode fault;
    const auto peer = socket.remote_endpoint(fault);
    if (fault) return "unknown";
    const auto address = peer.address().is_v6() && peer.address().to_v6().is_v4_mapped()
                             ? asio::ip::make_address_v4(asio::ip::v4_mapped, peer.address().to_v6()).to_string()
                             : peer.address().to_string();
    return concat(address.find(':') == std::string::npos ? address : concat('[', address, ']'), ':', peer.port());
}

Response timed_out() { return json_error(408, "REQUEST_TIMEOUT", "The request did not arrive in time."); }

Response overloaded() { return json_error(503, "UNAVAILABLE", "The server is busy. Try again later."); }

}  // namespace

Session::Session(Socket socket, std::shared_ptr<const TlsContext> tls, Loop& loop, Shared& shared)
    : transport_(std::move(socket)), tls_(std::move(tls)), loop_(loop), shared_(shared) {
    loop_.add(*this);
    request_.remote = address_of(transport_.socket());
}

Session::~Session() {
    loop_.remove(*this);
    shared_.body_bytes.give_back(charged_);
    shared_.connections.give_back(1);
}

void Session::check_deadline(std::uint64_t now) {
    if (deadline_ == 0 || now < deadline_) return;
    deadline_ = 0;
    expired_ = true;
    ErrorCode ignored;
    transport_.socket().cancel(ignored);
}

void Session::drain() {
    draining_ = true;
    close_if_idle();
}

void Session::close_if_idle() {
    if (idle_) close();
}

void Session::close() {
    closed_ = true;
    ErrorCode ignored;
    transport_.socket().cancel(ignored);
}

Task<void> Session::run() {
    if (tls_) {
        const bool ready = co_await handshake();
        if (!ready) co_return;
    }
    Next next = Next::GoOn;
    while (next == Next::GoOn) next = co_await serve_one();
    transport_.shut_down();
    if (next == Next::Linger) co_await linger();
}

Task<bool> Session::wait(IoStatus what) {
    served_in_a_row_ = 0;
    if (closed_ || expired_ || what == IoStatus::Closed) co_return false;
    const auto direction = what == IoStatus::WantRead ? Socket::wait_read : Socket::wait_write;
    ErrorCode fault;
    auto token = asio::redirect_error(kAwait, fault);
    co_await transport_.socket().async_wait(direction, token);
    co_return !fault && !closed_ && !expired_;
}

/// A TLS client starts with a record of type 22; a letter there is a plain HTTP method.
Task<bool> Session::handshake() {
    set_deadline(shared_.limits.handshake_timeout);
    char first = 0;
    IoResult result = transport_.peek(first);
    while (result.status == IoStatus::WantRead) {
        const bool ready = co_await wait(IoStatus::WantRead);
        if (!ready) co_return false;
        result = transport_.peek(first);
    }
    if (result.status != IoStatus::Done) co_return false;
    if (first >= 'A' && first <= 'Z') {
        const std::string_view answer =
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
        co_await write_all(answer);
        transport_.shut_down();
        co_await linger();
        co_return false;
    }
    transport_.start_tls(tls_->get());
    result = transport_.handshake();
    while (result.status != IoStatus::Done) {
        const bool ready = co_await wait(result.status);
        if (!ready) co_return false;
        result = transport_.handshake();
    }
    co_return true;
}

void Session::begin_request() {
    request_.clear();
    keep_alive_ = true;
    idle_ = input_.size() == 0;
    set_deadline(idle_ ? shared_.limits.idle_timeout : shared_.limits.header_timeout);
}

void Session::finish_request() {
    shared_.body_bytes.give_back(charged_);
    charged_ = 0;
    if (request_.body.capacity() > kSmallRead) request_.body = std::string();
    prepared_ = PreparedResponse();
    if (output_.capacity() > 2 * kTlsRecord) output_ = std::string();
    if (input_.size() == 0 && input_.capacity() > kSmallRead) input_ = boost::beast::flat_buffer();
}

Task<Session::Next> Session::serve_one() {
    begin_request();
    if (draining_ || closed_) co_return Next::Close;
    RequestParser parser(request_, shared_.limits);
    Next next = co_await read_head(parser);
    if (next != Next::GoOn) co_return next;
    if (!parser.is_done()) {
        next = co_await read_body(parser);
        if (next != Next::GoOn) co_return next;
    }
    deadline_ = 0;
    next = co_await dispatch();
    finish_request();
    if (++served_in_a_row_ >= kRequestsInARow) {  // a pipelining client must not keep the thread to itself
        served_in_a_row_ = 0;
        const Executor executor = loop_.context().get_executor();
        co_await asio::post(executor, kAwait);
    }
    co_return next;
}

Task<bool> Session::fill(std::size_t at_most) {
    const auto room = input_.prepare(at_most);
    const std::span<char> into(static_cast<char*>(room.data()), room.size());
    // Just after an answer there is nothing to read yet: asking the socket would be a system call for nothing.
    const bool likely_empty = idle_ && !transport_.has_buffered_input() && served_in_a_row_ > 0;
    IoResult result{IoStatus::WantRead};
    if (!likely_empty) result = transport_.read(into);
    while (result.status != IoStatus::Done) {
        const bool ready = co_await wait(result.status);
        if (!ready) co_return false;
        result = transport_.read(into);
    }
    input_.commit(result.bytes);
    co_return true;
}

Task<Session::Next> Session::read_head(RequestParser& parser) {
    std::size_t consumed = 0;
    while (!parser.is_header_done()) {
        ErrorCode fault;
        if (input_.size() > 0) {
            const std::size_t used = parser.put(input_.data(), fault);
            input_.consume(used);
            consumed += used;
        }
        if (parser.is_header_done()) break;
        if (consumed > shared_.limits.header_bytes) fault = boost::beast::http::error::header_limit;
        if (fault && fault != boost::beast::http::error::need_more) {
            Response refusal = RequestParser::refusal(fault, shared_.limits);
            co_return co_await refuse(std::move(refusal));
        }
        const bool filled = co_await fill(kSmallRead);
        if (!filled) {
            if (!expired_ || idle_) co_return Next::Close;
            Response late = timed_out();
            co_return co_await refuse(std::move(late));
        }
        if (idle_) set_deadline(shared_.limits.header_timeout);
        idle_ = false;
    }
    idle_ = false;
    keep_alive_ = parser.may_be_followed();
    auto objection = parser.objection();
    if (objection) co_return co_await refuse(std::move(*objection));
    co_return Next::GoOn;
}

/// Memory is charged as the body grows, never by what its Content-Length claims.
bool Session::charge_body() {
    const std::size_t held = request_.body.capacity();
    if (held <= charged_) return true;
    if (!shared_.body_bytes.take(held - charged_)) return false;
    charged_ = held;
    return true;
}

Task<Session::Next> Session::read_body(RequestParser& parser) {
    const Executor executor = loop_.context().get_executor();
    parser.eager(true);
    set_deadline(shared_.limits.body_timeout);
    if (parser.expects_continue() && input_.size() == 0) {
        const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const bool written = co_await write_all(go_on);
        if (!written) co_return Next::Close;
    }
    std::size_t since_deadline = 0;
    while (true) {
        ErrorCode fault;
        if (input_.size() > 0) {
            const std::size_t used = parser.put(input_.data(), fault);
            input_.consume(used);
        }
        if (!charge_body()) {
            Response busy = overloaded();
            co_return co_await refuse(std::move(busy));
        }
        if (parser.is_done()) co_return Next::GoOn;
        // A chunk's header, or a trailer, that does not end.
        if (input_.size() > shared_.limits.header_bytes) fault = boost::beast::http::error::header_limit;
        if (fault && fault != boost::beast::http::error::need_more) {
            Response refusal = RequestParser::refusal(fault, shared_.limits);
            co_return co_await refuse(std::move(refusal));
        }
        const std::size_t before = input_.size();
        const bool filled = co_await fill(kLargeRead);
        if (!filled) {
            if (!expired_) co_return Next::Close;
            Response late = timed_out();
            co_return co_await refuse(std::move(late));
        }
        since_deadline += input_.size() - before;
        if (since_deadline >= kLargeRead) {
            set_deadline(shared_.limits.body_timeout);
            since_deadline = 0;
            co_await asio::post(executor, kAwait);  // a fast sender must not keep the thread to itself
        }
    }
}

Task<Session::Next> Session::dispatch() {
    shared_.assign_request_id(request_);
    const auto ready = answer_at_once();
    if (ready) co_return co_await respond(*ready);
    if (!shared_.requests_at_workers.take(1)) {
        const PreparedResponse busy = prepare(overloaded());
        co_return co_await respond(busy);
    }
    co_await call_handler();
    shared_.requests_at_workers.give_back(1);
    co_return co_await respond(prepared_);
}

std::shared_ptr<const PreparedResponse> Session::answer_at_once() noexcept {
    try {
        if (!is_clean_path(request_.path)) {
            const Response moved{301, {{"Location", clean_location(request_)}}, nullptr};
            return std::make_shared<const PreparedResponse>(prepare(moved));
        }
        if (shared_.application.fast) return shared_.application.fast(request_);
        return nullptr;
    } catch (const std::exception& error) {
        return std::make_shared<const PreparedResponse>(prepare_error(error));
    }
}

/// Not a coroutine: hands run_handler() to a worker, and resumes the session on its own thread afterwards.
Task<void> Session::call_handler() {
    auto start = [this](auto resume) {
        auto work = [this, resume = std::move(resume)]() mutable {
            run_handler();
            asio::post(loop_.context().get_executor(), std::move(resume));
        };
        asio::post(shared_.workers, std::move(work));
    };
    return asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(std::move(start), kAwait);
}

void Session::run_handler() noexcept {
    try {
        prepared_ = prepare(shared_.application.handler(request_));
    } catch (const std::exception& error) {
        prepared_ = prepare_error(error);
    }
}

PreparedResponse Session::prepare_error(const std::exception& error) noexcept {
    try {
        return prepare(shared_.application.on_error(request_, error));
    } catch (const std::exception& second) {
        log::error("error_handler_failed", {{"request_id", request_.request_id}, {"reason", second.what()}});
        return prepare(json_error(500, "UNKNOWN", "unknown error"));
    }
}

/// The rest of the request may still be under way, so no other can follow it.
Task<Session::Next> Session::refuse(Response response) {
    expired_ = false;
    keep_alive_ = false;
    const PreparedResponse prepared = prepare(response);
    const Next next = co_await respond(prepared);
    finish_request();
    if (next == Next::Close && !closed_ && !expired_) co_return Next::Linger;
    co_return Next::Close;
}

Task<Session::Next> Session::respond(const PreparedResponse& response) {
    const bool close = !keep_alive_ || draining_ || shared_.connections.spent();
    output_.assign(response.head);
    output_ += loop_.date_line();
    if (close) output_ += "Connection: close\r\n";
    output_ += "\r\n";
    std::string_view rest;
    if (request_.method != Method::Head) rest = *response.body;
    // What fits goes with the head in one record and one system call.
    const std::size_t room = output_.size() < kTlsRecord ? kTlsRecord - output_.size() : 0;
    output_ += rest.substr(0, room);
    rest.remove_prefix(std::min(room, rest.size()));
    set_deadline(shared_.limits.write_timeout);
    bool written = co_await write_all(output_);
    if (written && !rest.empty()) written = co_await write_all(rest);
    deadline_ = 0;
    const bool go_on = written && !close;
    co_return go_on ? Next::GoOn : Next::Close;
}

Task<bool> Session::write_all(std::string_view bytes) {
    std::size_t since_deadline = 0;
    while (!bytes.empty()) {
        const IoResult result = transport_.write(bytes);
        if (result.status == IoStatus::Done) {
            bytes.remove_prefix(result.bytes);
            since_deadline += result.bytes;
            if (since_deadline >= kLargeRead) {
                set_deadline(shared_.limits.write_timeout);
                since_deadline = 0;
            }
            continue;
        }
        const bool ready = co_await wait(result.status);
        if (!ready) co_return false;
    }
    co_return true;
}

/// Closing while unread input waits would reset the connection and could cost the client our answer.
Task<void> Session::linger() {
    set_deadline(shared_.limits.linger_timeout);
    while (true) {
        const IoResult result = transport_.discard(loop_.scratch());
        if (result.status == IoStatus::Closed) co_return;
        const bool ready = co_await wait(IoStatus::WantRead);
        if (!ready) co_return;
    }
}

}  // namespace sello::http
