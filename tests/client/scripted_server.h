#pragma once

#include <sys/socket.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <list>
#include <string>
#include <thread>

#include "tuf/base/concat.h"

namespace sello::client {

using Socket = boost::asio::ip::tcp::socket;

/// A server on a port of its own that does to one connection after the other what the test says. A connection stays
/// open after its script, until the server is gone.
class ScriptedServer {
public:
    explicit ScriptedServer(std::function<void(Socket&)> script)
        : script_(std::move(script)), thread_([this] { serve(); }) {}
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;
    ScriptedServer(ScriptedServer&&) = delete;
    ScriptedServer& operator=(ScriptedServer&&) = delete;
    ~ScriptedServer() {
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
        thread_.join();
    }

    [[nodiscard]] std::string url() const { return concat("http://127.0.0.1:", acceptor_.local_endpoint().port()); }
    [[nodiscard]] int connections() const { return connections_; }

private:
    void serve() {
        for (;;) {
            boost::system::error_code failure;
            Socket& accepted = sockets_.emplace_back(io_);
            acceptor_.accept(accepted, failure);
            if (failure) return;
            ++connections_;
            script_(accepted);
        }
    }

    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
    std::function<void(Socket&)> script_;
    std::list<Socket> sockets_;
    std::atomic<int> connections_ = 0;
    std::thread thread_;
};

/// The head of one request, which has no body; empty if the client is gone.
inline std::string read_head(Socket& socket) {
    std::string head;
    boost::system::error_code gone;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "\r\n\r\n", gone);
    return head;
}

/// False if the client is gone.
inline bool write_text(Socket& socket, const std::string& text) {
    boost::system::error_code gone;
    boost::asio::write(socket, boost::asio::buffer(text), gone);
    return !gone;
}

}  // namespace sello::client
