#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "server/http/loop.h"
#include "server/http/peer.h"
#include "server/http/shared.h"

namespace sello::http {

/// Accepts connections on the first loop and hands them to all loops in turn.
class Listener {
public:
    /// Binds and listens. `loops` has one at least.
    Listener(const std::string& address, std::vector<std::unique_ptr<Loop>>& loops, Shared& shared,
             std::shared_ptr<const TlsContext> tls);

    [[nodiscard]] std::uint16_t port() const;
    void start();
    /// On the first loop's thread. Connections that wait to be accepted are refused.
    void close();
    /// For any thread.
    void use_tls(std::shared_ptr<const TlsContext> tls);

private:
    using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;

    Task<void> accept_all();
    void serve(Socket socket, Peer peer, Loop& loop);
    void close_idle();
    /// Lets the network's idle connections make room for its next ones: now and then, since looking for them takes
    /// long.
    void refuse(const Peer& peer);
    /// At most once a second, or the log would fill the disk.
    void log_failure(const std::string& reason);
    [[nodiscard]] std::shared_ptr<const TlsContext> current_tls();

    std::vector<std::unique_ptr<Loop>>& loops_;
    Shared& shared_;
    Acceptor acceptor_;
    Timer pause_;
    bool closed_ = false;
    std::chrono::steady_clock::time_point logged_at_;   ///< the last failure
    std::chrono::steady_clock::time_point refused_at_;  ///< the last that idle connections were closed for
    std::mutex mutex_;
    std::shared_ptr<const TlsContext> tls_;  ///< guarded by mutex_; null for plain HTTP
};

}  // namespace sello::http
