#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <string>

#include "server/http/limits.h"
#include "server/http/message.h"
#include "server/http/server.h"
#include "server/http/shares.h"
#include "server/http/tls.h"

namespace sello::http {

/// Counts up to a bound, for any thread.
class Budget {
public:
    explicit Budget(std::size_t bound) : bound_(bound) {}
    [[nodiscard]] bool take(std::size_t amount) {
        if (used_.fetch_add(amount) + amount <= bound_) return true;
        give_back(amount);
        return false;
    }
    void give_back(std::size_t amount) { used_.fetch_sub(amount); }
    [[nodiscard]] std::size_t used() const { return used_; }
    [[nodiscard]] bool spent() const { return used_ >= bound_; }

private:
    std::size_t bound_;
    std::atomic<std::size_t> used_ = 0;
};

/// Threads for the Handler, and a bound on the requests that have or await one.
struct Workers {
    Workers(unsigned count, std::size_t waiting) : requests(count + waiting), threads(count) {}
    Budget requests;
    boost::asio::thread_pool threads;
};

/// What all sessions of a server have in common. Outlives them.
struct Shared {
    Shared(const ServerOptions& options, Application app);

    /// 32 hex digits: 16 of this process, 16 of a count.
    void assign_request_id(Request& request);

    [[nodiscard]] Workers& workers_for(const Request& request);

    /// Of what all connections may have, and of what those of a network (see Peer) may.
    [[nodiscard]] bool take_connection(const std::string& network) { return connections_of_each_.take(network, 1); }
    void give_back_connection(const std::string& network);
    [[nodiscard]] bool are_connections_spent(const std::string& network) const;
    [[nodiscard]] bool take_body(const std::string& network, std::size_t amount);
    void give_back_body(const std::string& network, std::size_t amount);

    Application application;
    Limits limits;
    Budget connections;
    Budget body_bytes;
    Workers workers;
    Workers slow_workers;  ///< apart, so that no other request waits for what a slow one waits for

private:
    Shares connections_of_each_;
    Shares body_bytes_of_each_;
    std::string request_id_prefix_;
    std::atomic<std::uint64_t> requests_ = 0;
};

}  // namespace sello::http
