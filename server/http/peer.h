#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>

namespace sello::http {

/// Who is at the other end of a connection.
struct Peer {
    std::string remote;   ///< address and port, an IPv6 address in brackets
    std::string network;  ///< that shares one share: an IPv4 address, or the /64 of an IPv6 one
};

[[nodiscard]] Peer peer_of(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace sello::http
