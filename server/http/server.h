#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "server/http/limits.h"
#include "server/http/message.h"
#include "server/http/tls.h"

namespace sello::http {

struct ServerOptions {
    std::string address;            ///< `host:port` or `:port`; port 0 takes a free one
    std::optional<TlsOptions> tls;  ///< none: plain HTTP
    unsigned io_threads = 1;
    unsigned workers = 16;  ///< threads for the Handler, and as many again for slow requests
    /// File descriptors that are left to others: there are no more connections than the rest allows.
    std::size_t reserved_files = 64;
    Limits limits;
};

/// What the application does with requests. `fast` and `is_slow` may be null.
struct Application {
    FastHandler fast;
    Handler handler;
    ErrorHandler on_error;
    SlowPredicate is_slow;
};

/// An HTTP/1.1 server on threads of its own. From its construction on, SIGPIPE is ignored, freed blocks of over 1 MiB
/// are given back to the system at once, and the process may open as many files as its hard limit says.
class Server {
public:
    /// Takes the address, but serves nobody yet. Throws Error(Fault::BadConfiguration) or Error(Fault::Unavailable).
    Server(const ServerOptions& options, Application application);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    Server(Server&&) = delete;
    Server& operator=(Server&&) = delete;
    /// Stops without waiting for clients.
    ~Server();

    [[nodiscard]] std::uint16_t port() const;
    void start();
    /// New connections use these certificates; open ones stay as they are. For any thread. Throws and changes nothing
    /// if they cannot be used, or if the server is a plain one.
    void reload_tls(const TlsOptions& options);
    /// Stops accepting, lets requests in progress finish, closes idle connections; what is left after `patience` is
    /// cut off. Returns when all is over: a handler that is running is waited for in any case. Call it once.
    void stop(std::chrono::milliseconds patience);

    [[nodiscard]] std::size_t open_connections() const;

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace sello::http
