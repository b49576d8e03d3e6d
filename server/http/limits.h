#pragma once

#include <chrono>
#include <cstddef>

#include "tuf/base/config.h"

namespace sello::http {

/// What a client may ask of the server. Past a bound it gets a JSON error, then the connection ends.
struct Limits {
    std::size_t header_bytes = 64U << 10U;       ///< request line and headers: 431 past it
    std::size_t body_bytes = 64U << 20U;         ///< of one request: 413 past it
    std::size_t total_body_bytes = 256U << 20U;  ///< of all requests in progress: 503 past it
    /// Of that, for the clients of one IPv4 address or one IPv6 /64: 503 past it.
    std::size_t body_bytes_per_address = 64U << 20U;
    /// At the bound idle connections are closed; if there are none, new ones wait to be accepted.
    std::size_t connections = 10'000;
    /// Of those, for one IPv4 address or one IPv6 /64. At the bound its idle ones are closed, and new ones refused.
    std::size_t connections_per_address = 2500;
    /// Accepted, but no worker is free yet, and as many again that are slow: 503 past it.
    std::size_t waiting_requests = 1024;

    std::chrono::milliseconds handshake_timeout{10'000};
    std::chrono::milliseconds header_timeout{10'000};  ///< from the first byte to the end of the headers: 408 past it
    std::chrono::milliseconds body_timeout{30'000};    ///< for each 64 KiB of a body, or its rest: 408 past it
    std::chrono::milliseconds whole_body_timeout{120'000};  ///< for all of a body, however it trickles in: 408 past it
    std::chrono::milliseconds write_timeout{30'000};        ///< for each 64 KiB of an answer, or its rest
    std::chrono::milliseconds whole_answer_timeout{600'000};  ///< for all of an answer, however slowly it is read
    std::chrono::milliseconds idle_timeout{90'000};           ///< between requests
    /// How long unread input is thrown away after an early error, so that the client gets to read it.
    std::chrono::milliseconds linger_timeout{10'000};
};

/// Reads `limits` of a configuration file: the names above, times as NAME_seconds. What an address may have is by
/// default a quarter of the whole, but room for one body at least.
[[nodiscard]] Limits read_limits(ConfigObject& config);

}  // namespace sello::http
