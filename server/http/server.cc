#include "server/http/server.h"

#include <malloc.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <future>
#include <thread>
#include <vector>

#include "server/http/listener.h"
#include "server/http/loop.h"
#include "server/http/open_files.h"
#include "server/http/shared.h"
#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace sello::http {

namespace asio = boost::asio;

namespace {

/// Fine enough for the shortest of the deadlines, and a second at most, since the Date header is as old.
std::chrono::milliseconds tick_for(const Limits& limits) {
    const auto shortest =
        std::min({limits.handshake_timeout, limits.header_timeout, limits.body_timeout, limits.whole_body_timeout,
                  limits.write_timeout, limits.whole_answer_timeout, limits.idle_timeout, limits.linger_timeout});
    return std::clamp(shortest / 4, std::chrono::milliseconds(10), std::chrono::milliseconds(500));
}

ServerOptions fit_to_process(ServerOptions options) {
    const std::size_t wanted = options.limits.connections;
    const std::size_t open_files = raise_open_files();
    options.limits = fit_to_open_files(options.limits, open_files, options.reserved_files);
    if (options.limits.connections < wanted)
        log::warning("fewer connections than configured", {{"connections", std::uint64_t{options.limits.connections}},
                                                           {"configured", std::uint64_t{wanted}},
                                                           {"open_files", std::uint64_t{open_files}}});
    return options;
}

std::vector<std::unique_ptr<Loop>> make_loops(const ServerOptions& options) {
    std::vector<std::unique_ptr<Loop>> loops;
    for (unsigned i = 0; i < std::max(1U, options.io_threads); ++i)
        loops.push_back(std::make_unique<Loop>(tick_for(options.limits)));
    return loops;
}

}  // namespace

class Server::Implementation {
public:
    Implementation(const ServerOptions& options, Application application)
        : shared_(options, std::move(application)),
          loops_(make_loops(options)),
          listener_(options.address, loops_, shared_,
                    options.tls ? std::make_shared<const TlsContext>(*options.tls) : nullptr),
          has_tls_(options.tls.has_value()) {}

    void start() {
        listener_.start();
        for (const auto& loop : loops_) {
            loop->start_ticking();
            threads_.emplace_back([&loop = *loop] { loop.run(); });
        }
    }

    void stop(std::chrono::milliseconds patience) {
        asio::post(loops_.front()->context(), [this] { listener_.close(); });
        on_all_loops(&Loop::drain);
        std::thread joiner([this] {
            for (auto& thread : threads_) thread.join();
            all_ended_.set_value();
        });
        if (all_ended_.get_future().wait_for(patience) == std::future_status::timeout) on_all_loops(&Loop::close_all);
        joiner.join();
        threads_.clear();
        shared_.workers.threads.join();
        shared_.slow_workers.threads.join();
    }

    void reload_tls(const TlsOptions& options) {
        if (!has_tls_) throw Error(Fault::FailedPrecondition, "a plain HTTP server has no certificates to reload");
        listener_.use_tls(std::make_shared<const TlsContext>(options));
    }

    [[nodiscard]] bool running() const { return !threads_.empty(); }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::size_t open_connections() const { return shared_.connections.used(); }

private:
    void on_all_loops(void (Loop::*action)()) {
        for (const auto& loop : loops_) asio::post(loop->context(), [&loop = *loop, action] { (loop.*action)(); });
    }

    // The loops hold the sessions' coroutines, which use all that stands above them.
    Shared shared_;
    std::vector<std::unique_ptr<Loop>> loops_;
    Listener listener_;
    bool has_tls_;
    std::uint16_t port_ = listener_.port();
    std::vector<std::thread> threads_;
    std::promise<void> all_ended_;
};

Server::Server(const ServerOptions& options, Application application) {
    (void)std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets without MSG_NOSIGNAL
    // Large bodies go back to the system when they are freed. Left to itself, glibc raises its threshold after the
    // first one and keeps the next ones in the heap of each thread that handled them.
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
    implementation_ = std::make_unique<Implementation>(fit_to_process(options), std::move(application));
}

Server::~Server() {
    if (implementation_->running()) implementation_->stop(std::chrono::milliseconds(0));
}

std::uint16_t Server::port() const { return implementation_->port(); }
void Server::start() { implementation_->start(); }
void Server::reload_tls(const TlsOptions& options) { implementation_->reload_tls(options); }
void Server::stop(std::chrono::milliseconds patience) { implementation_->stop(patience); }
std::size_t Server::open_connections() const { return implementation_->open_connections(); }

}  // namespace sello::http
