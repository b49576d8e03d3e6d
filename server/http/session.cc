#include "server/http/session.h"

#include <boost/asio/post.hpp>

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

Response timed_out() { return json_error(408, "REQUEST_TIMEOUT", "The request did not arrive in time."); }

Response overloaded() { return json_error(503, "UNAVAILABLE", "The server is busy. Try again later."); }

}  // namespace

Session::Session(Socket socket, Peer peer, std::shared_ptr<const TlsContext> tls, Loop& loop, Shared& shared)
    : tls_(std::move(tls)),
      connection_(std::move(socket), loop),
      loop_(loop),
      shared_(shared),
      network_(std::move(peer.network)) {
    loop_.add(*this);
    request_.remote = std::move(peer.remote);
}

Session::~Session() {
    loop_.remove(*this);
    give_back_body();
    shared_.give_back_connection(network_);
}

void Session::check_deadline(std::uint64_t now) { connection_.check_deadline(now); }
void Session::close() { connection_.close(); }

void Session::close_if_idle() {
    if (idle_) close();
}

void Session::drain() {
    draining_ = true;
    close_if_idle();
}

Task<void> Session::run() {
    if (tls_) {
        connection_.set_deadline(shared_.limits.handshake_timeout);
        const bool ready = co_await connection_.handshake(tls_->get());
        if (!ready) co_return;
    }
    Next next = Next::GoOn;
    while (next == Next::GoOn) next = co_await serve_one();
    connection_.shut_down();
    if (next != Next::Linger) co_return;
    connection_.set_deadline(shared_.limits.linger_timeout);
    co_await connection_.linger();
}

void Session::begin_request() {
    request_.clear();
    keep_alive_ = true;
    idle_ = input_.size() == 0;
    connection_.set_deadline(idle_ ? shared_.limits.idle_timeout : shared_.limits.header_timeout);
}

void Session::finish_request() {
    give_back_body();
    if (request_.body.capacity() > kSmallRead) request_.body = std::string();
    prepared_ = PreparedResponse();
    if (output_.capacity() > 2 * kTlsRecord) output_ = std::string();
    if (input_.size() == 0 && input_.capacity() > kSmallRead) input_ = boost::beast::flat_buffer();
}

Task<Session::Next> Session::serve_one() {
    begin_request();
    if (draining_ || connection_.closed()) co_return Next::Close;
    RequestParser parser(request_, shared_.limits);
    Next next = co_await read_head(parser);
    if (next != Next::GoOn) co_return next;
    if (!parser.is_done()) {
        next = co_await read_body(parser);
        if (next != Next::GoOn) co_return next;
    }
    connection_.clear_deadline();
    next = co_await dispatch();
    finish_request();
    has_answered_ = true;
    co_return next;
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
        const bool just_answered = idle_ && has_answered_;
        const bool filled = co_await connection_.fill(input_, kSmallRead, just_answered);
        if (!filled) {
            if (!connection_.expired() || idle_) co_return Next::Close;
            Response late = timed_out();
            co_return co_await refuse(std::move(late));
        }
        if (idle_) connection_.set_deadline(shared_.limits.header_timeout);
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
    if (!shared_.take_body(network_, held - charged_)) return false;
    charged_ = held;
    return true;
}

void Session::give_back_body() {
    if (charged_ > 0) shared_.give_back_body(network_, charged_);
    charged_ = 0;
}

Task<Session::Next> Session::read_body(RequestParser& parser) {
    parser.eager(true);
    const std::uint64_t last = loop_.tick_after(shared_.limits.whole_body_timeout);
    connection_.set_deadline(shared_.limits.body_timeout, last);
    if (parser.expects_continue() && input_.size() == 0) {
        const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const bool written = co_await connection_.write_all(go_on, shared_.limits.write_timeout, last);
        if (!written) co_return Next::Close;
        connection_.set_deadline(shared_.limits.body_timeout, last);
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
        const bool filled = co_await connection_.fill(input_, kLargeRead, false);
        if (!filled) {
            if (!connection_.expired()) co_return Next::Close;
            Response late = timed_out();
            co_return co_await refuse(std::move(late));
        }
        since_deadline += input_.size() - before;
        if (since_deadline >= kLargeRead) {
            connection_.set_deadline(shared_.limits.body_timeout, last);
            since_deadline = 0;
        }
    }
}

Task<Session::Next> Session::dispatch() {
    shared_.assign_request_id(request_);
    const auto ready = answer_at_once();
    if (ready) co_return co_await respond(*ready);
    Workers& workers = shared_.workers_for(request_);
    if (!workers.requests.take(1)) {
        const PreparedResponse busy = prepare(overloaded());
        co_return co_await respond(busy);
    }
    co_await call_handler(workers);
    workers.requests.give_back(1);
    co_return co_await respond(prepared_);
}

std::shared_ptr<const PreparedResponse> Session::answer_at_once() noexcept {
    try {
        if (!is_clean_path(request_.path)) {
            if (climbs(request_.path)) {
                const Response refused = json_error(400, "MALFORMED_REQUEST", "The path of your request holds `..`.");
                return std::make_shared<const PreparedResponse>(prepare(refused));
            }
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
Task<void> Session::call_handler(Workers& workers) {
    auto start = [this, &workers](auto resume) {
        auto work = [this, resume = std::move(resume)]() mutable {
            run_handler();
            asio::post(loop_.context().get_executor(), std::move(resume));
        };
        asio::post(workers.threads, std::move(work));
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
        log::error("error handler failed", {{"request_id", request_.request_id}, {"reason", second.what()}});
        return prepare(json_error(500, "UNKNOWN", "unknown error"));
    }
}

/// The rest of the request may still be under way, so no other can follow it.
Task<Session::Next> Session::refuse(Response response) {
    connection_.forgive();
    keep_alive_ = false;
    const PreparedResponse prepared = prepare(response);
    (void)co_await respond(prepared);
    finish_request();
    const bool delivered = !connection_.closed() && !connection_.expired();
    co_return delivered ? Next::Linger : Next::Close;
}

Task<Session::Next> Session::respond(const PreparedResponse& response) {
    const bool close = !keep_alive_ || draining_ || shared_.are_connections_spent(network_);
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
    const auto timeout = shared_.limits.write_timeout;
    const std::uint64_t last = loop_.tick_after(shared_.limits.whole_answer_timeout);
    bool written = co_await connection_.write_all(output_, timeout, last);
    if (written && !rest.empty()) written = co_await connection_.write_all(rest, timeout, last);
    const bool go_on = written && !close;
    co_return go_on ? Next::GoOn : Next::Close;
}

}  // namespace sello::http
