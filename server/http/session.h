#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <memory>

#include "server/http/connection.h"
#include "server/http/loop.h"
#include "server/http/peer.h"
#include "server/http/shared.h"

namespace sello::http {

class RequestParser;

/// One connection: read, dispatch, write, again. Lives on one loop, kept alive by its own coroutine.
class Session : public std::enable_shared_from_this<Session> {
public:
    /// `tls` is null for plain HTTP.
    Session(Socket socket, Peer peer, std::shared_ptr<const TlsContext> tls, Loop& loop, Shared& shared);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    Session(Session&&) = delete;
    Session& operator=(Session&&) = delete;
    ~Session();

    /// Serves the connection until it ends. Call it once.
    [[nodiscard]] Task<void> run();

    // For the loop.
    void check_deadline(std::uint64_t now);
    void drain();
    void close_if_idle();
    [[nodiscard]] const std::string& network() const { return network_; }
    void close();

private:
    /// How a step ended: go on; end the connection; or end it after throwing away what the client still sends.
    enum class Next { GoOn, Close, Linger };

    Task<Next> serve_one();
    Task<Next> read_head(RequestParser& parser);
    Task<Next> read_body(RequestParser& parser);
    Task<Next> dispatch();
    Task<Next> refuse(Response response);
    Task<Next> respond(const PreparedResponse& response);
    Task<void> call_handler(Workers& workers);

    void begin_request();
    void finish_request();
    [[nodiscard]] bool charge_body();
    void give_back_body();
    /// Null if the handler is to answer.
    [[nodiscard]] std::shared_ptr<const PreparedResponse> answer_at_once() noexcept;
    /// On a worker's thread, while the session waits.
    void run_handler() noexcept;
    [[nodiscard]] PreparedResponse prepare_error(const std::exception& error) noexcept;

    std::shared_ptr<const TlsContext> tls_;  ///< outlives the connection
    Connection connection_;
    Loop& loop_;
    Shared& shared_;

    std::string network_;  ///< whose shares it takes from
    boost::beast::flat_buffer input_;
    std::string output_;
    Request request_;
    PreparedResponse prepared_;  ///< the handler's
    std::size_t charged_ = 0;    ///< body bytes taken from the common budget
    bool idle_ = false;          ///< between requests
    bool has_answered_ = false;
    bool keep_alive_ = true;
    bool draining_ = false;
};

}  // namespace sello::http
