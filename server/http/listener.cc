#include "server/http/listener.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <charconv>

#include "server/http/session.h"
#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace sello::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Tcp = asio::ip::tcp;

namespace {

/// How long to wait when no connection can be accepted: all are in use, or file descriptors are.
constexpr std::chrono::milliseconds kPause{20};

std::vector<Tcp::endpoint> endpoints_of(const std::string& address, asio::io_context& context) {
    const auto colon = address.rfind(':');
    std::uint16_t port = 0;
    const char* const end = address.data() + address.size();
    const char* const start = colon == std::string::npos ? end : address.data() + colon + 1;
    const auto parsed = std::from_chars(start, end, port);
    if (start == end || parsed.ec != std::errc() || parsed.ptr != end)
        throw Error(Fault::BadConfiguration, concat("listen address: want host:port or :port, got ", address));
    auto host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty()) return {{Tcp::v6(), port}, {Tcp::v4(), port}};  // v6 takes v4 too, where there is v6
    ErrorCode fault;
    Tcp::resolver resolver(context);
    const auto results = resolver.resolve(host, std::to_string(port), Tcp::resolver::passive, fault);
    if (fault) throw Error(Fault::BadConfiguration, concat("listen address ", address, ": ", fault.message()));
    return {results.begin(), results.end()};
}

bool lacks_descriptors(const ErrorCode& fault) {
    return fault == asio::error::no_descriptors || fault == boost::system::errc::too_many_files_open_in_system;
}

template <class Acceptor>
ErrorCode try_listen(Acceptor& acceptor, const Tcp::endpoint& endpoint) {
    ErrorCode fault;
    acceptor.open(endpoint.protocol(), fault);
    if (fault) return fault;
    acceptor.set_option(asio::socket_base::reuse_address(true));
    if (endpoint.protocol() == Tcp::v6() && endpoint.address().is_unspecified())
        acceptor.set_option(asio::ip::v6_only(false), fault);
    acceptor.bind(endpoint, fault);
    if (!fault) acceptor.listen(asio::socket_base::max_listen_connections, fault);
    if (fault) acceptor.close();
    return fault;
}

}  // namespace

Listener::Listener(const std::string& address, std::vector<std::unique_ptr<Loop>>& loops, Shared& shared,
                   std::shared_ptr<const TlsContext> tls)
    : loops_(loops),
      shared_(shared),
      acceptor_(loops.front()->context()),
      pause_(loops.front()->context().get_executor()),
      tls_(std::move(tls)) {
    ErrorCode fault;
    for (const auto& endpoint : endpoints_of(address, loops.front()->context())) {
        fault = try_listen(acceptor_, endpoint);
        if (!fault) return;
    }
    throw Error(Fault::Unavailable, concat("listen on ", address, ": ", fault.message()));
}

std::uint16_t Listener::port() const { return acceptor_.local_endpoint().port(); }

void Listener::start() { asio::co_spawn(loops_.front()->context().get_executor(), accept_all(), asio::detached); }

void Listener::close() {
    closed_ = true;
    ErrorCode ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void Listener::use_tls(std::shared_ptr<const TlsContext> tls) {
    const std::scoped_lock lock(mutex_);
    tls_ = std::move(tls);
}

std::shared_ptr<const TlsContext> Listener::current_tls() {
    const std::scoped_lock lock(mutex_);
    return tls_;
}

Task<void> Listener::accept_all() {
    std::size_t turn = 0;
    while (!closed_) {
        ErrorCode fault;
        auto token = asio::redirect_error(kAwait, fault);
        if (shared_.connections.take(1)) {
            Loop& loop = *loops_[turn++ % loops_.size()];
            Socket socket(loop.context());
            Tcp::endpoint from;
            co_await acceptor_.async_accept(socket, from, token);
            if (!fault) {
                Peer peer = peer_of(from);
                serve(std::move(socket), std::move(peer), loop);
                continue;
            }
            shared_.connections.give_back(1);
            if (closed_ || fault == asio::error::connection_aborted) continue;
            if (lacks_descriptors(fault)) close_idle();
            log_failure(fault.message());
        } else {
            close_idle();
        }
        pause_.expires_after(kPause);
        co_await pause_.async_wait(token);
    }
}

void Listener::close_idle() {
    for (const auto& loop : loops_) asio::post(loop->context(), [&loop = *loop] { loop.close_idle(); });
}

void Listener::refuse(const Peer& peer) {
    const auto now = std::chrono::steady_clock::now();
    if (now - refused_at_ < kPause) return;
    refused_at_ = now;
    for (const auto& loop : loops_)
        asio::post(loop->context(), [&loop = *loop, network = peer.network] { loop.close_idle_of(network); });
    log_failure(concat(peer.network, " has its share of connections"));
}

void Listener::log_failure(const std::string& reason) {
    const auto now = std::chrono::steady_clock::now();
    if (now - logged_at_ < std::chrono::seconds(1)) return;
    logged_at_ = now;
    log::warning("accept failed", {{"reason", reason}});
}

void Listener::serve(Socket socket, Peer peer, Loop& loop) {
    if (!shared_.take_connection(peer.network)) {
        shared_.connections.give_back(1);
        refuse(peer);
        return;
    }
    ErrorCode ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    socket.native_non_blocking(true, ignored);
    // The session joins its loop on the loop's own thread.
    auto start = [this, &loop, socket = std::move(socket), peer = std::move(peer)]() mutable {
        auto session = std::make_shared<Session>(std::move(socket), std::move(peer), current_tls(), loop, shared_);
        auto when_over = [session](const std::exception_ptr& failure) {
            if (!failure) return;
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& error) {
                log::error("session failed", {{"reason", error.what()}});
            }
        };
        auto run = session->run();
        asio::co_spawn(loop.context().get_executor(), std::move(run), std::move(when_over));
    };
    asio::dispatch(loop.context().get_executor(), std::move(start));
}

}  // namespace sello::http
