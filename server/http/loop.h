#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_set>

#include "server/http/transport.h"

namespace sello::http {

template <class T>
using Task = boost::asio::awaitable<T, Executor>;
inline constexpr boost::asio::use_awaitable_t<Executor> kAwait{};
using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

class Session;

/// One I/O thread: its event loop, its sessions, and a slow clock that watches their deadlines. Deadlines are counted
/// in ticks, so that setting one costs nothing. Everything but run() and the io_context happens on that thread.
class Loop {
public:
    /// `tick`: how late a deadline may be noticed.
    explicit Loop(std::chrono::milliseconds tick);

    [[nodiscard]] boost::asio::io_context& context() { return context_; }
    /// Returns when there is nothing left to do.
    void run() { context_.run(); }

    void add(Session& session) { sessions_.insert(&session); }
    void remove(Session& session);
    /// The tick in which `duration` from now will have passed.
    [[nodiscard]] std::uint64_t tick_after(std::chrono::milliseconds duration) const;
    /// `Date: ...` and line end, at most a tick old.
    [[nodiscard]] const std::string& date_line() const { return date_line_; }
    /// For bytes that are thrown away.
    [[nodiscard]] std::span<char> scratch() { return scratch_; }

    void start_ticking();
    /// Closes sessions that wait for a request, and lets the others end with the one they are at.
    void drain();
    void close_idle();
    /// Only those of one network (see Peer).
    void close_idle_of(const std::string& network);
    /// Closes all sessions, whatever they are at.
    void close_all();

private:
    void tick();
    void schedule();

    boost::asio::io_context context_{1};
    Timer timer_{context_.get_executor()};
    std::chrono::milliseconds tick_length_;
    std::uint64_t now_ = 0;
    std::string date_line_;
    std::string scratch_ = std::string(64U << 10U, '\0');
    std::unordered_set<Session*> sessions_;
    bool draining_ = false;
};

}  // namespace sello::http
