#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "server/http/loop.h"
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
    void serve(Socket socket, Loop& loop);
    [[nodiscard]] std::shared_ptr<const TlsContext> current_tls();

    std::vector<std::unique_ptr<Loop>>& loops_;
    Shared& shared_;
    Acceptor acceptor_;
    Timer pause_;
    bool closed_ = false;
    std::mutex mutex_;
    std::shared_ptr<const TlsContext> tls_;  ///< guarded by mutex_; null for plain HTTP
};

}  // namespace sello::http
