#pragma once

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <limits>

#include "server/http/loop.h"
#include "server/http/transport.h"

namespace sello::http {

/// The bytes of one connection: reads and writes that wait, under a deadline that the owner sets. Lives on one loop.
/// An operation that gives false has met the deadline (expired()), close(), or the peer's end.
class Connection {
public:
    Connection(Socket socket, Loop& loop) : transport_(std::move(socket)), loop_(loop) {}

    static constexpr auto kNever = std::numeric_limits<std::uint64_t>::max();
    /// `last` is a tick of the loop beyond which no deadline lies.
    void set_deadline(std::chrono::milliseconds duration, std::uint64_t last = kNever) {
        deadline_ = std::min(loop_.tick_after(duration), last);
    }
    void clear_deadline() { deadline_ = 0; }
    void check_deadline(std::uint64_t now);
    [[nodiscard]] bool expired() const { return expired_; }
    /// Lets operations go on after a deadline, to tell the client so.
    void forgive() { expired_ = false; }
    /// Ends the operation that waits, and all that follow.
    void close();
    [[nodiscard]] bool closed() const { return closed_; }

    /// False, too, for a client that speaks plain HTTP; it has been told. `context` must outlive the connection.
    Task<bool> handshake(SSL_CTX* context);
    /// Reads something into `input`. `just_answered`: the client is not likely to have sent more already.
    Task<bool> fill(boost::beast::flat_buffer& input, std::size_t at_most, bool just_answered);
    /// `timeout` is for each 64 KiB, or the rest; `last` is as for set_deadline.
    Task<bool> write_all(std::string_view bytes, std::chrono::milliseconds timeout, std::uint64_t last);
    /// Throws away what still comes, until the deadline. Closing while unread input waits would reset the connection,
    /// and could cost the client our answer.
    Task<void> linger();
    /// Tells the client that no more will be sent.
    void shut_down() { transport_.shut_down(); }

private:
    Task<bool> wait(IoStatus what);
    /// Now and then, lets the loop's other connections have their turn.
    Task<void> take_turns();
    Task<void> refuse_plain_http();

    Transport transport_;
    Loop& loop_;
    std::uint64_t deadline_ = 0;        ///< in ticks; 0: none
    unsigned operations_in_a_row_ = 0;  ///< since the last wait
    bool expired_ = false;
    bool closed_ = false;
};

}  // namespace sello::http
