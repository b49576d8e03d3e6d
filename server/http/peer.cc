#include "server/http/peer.h"

#include <algorithm>

#include "tuf/base/concat.h"

namespace sello::http {

namespace ip = boost::asio::ip;

namespace {

/// Whoever has an IPv6 address has a network of 64 bits of them.
std::string network_of(const ip::address& address) {
    if (address.is_v4()) return address.to_string();
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + bytes.size() / 2, bytes.end(), 0);
    return concat(ip::address_v6(bytes).to_string(), "/64");
}

}  // namespace

Peer peer_of(const ip::tcp::endpoint& endpoint) {
    auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
    const auto text = address.is_v6() ? concat('[', address.to_string(), ']') : address.to_string();
    return {concat(text, ':', endpoint.port()), network_of(address)};
}

}  // namespace sello::http
