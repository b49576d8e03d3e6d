#include "server/http/shared.h"

#include <charconv>
#include <random>

namespace sello::http {

namespace {

constexpr std::size_t kHexDigits = 16;  // of 64 bits

void append_hex(std::string& out, std::uint64_t number) {
    std::array<char, kHexDigits> digits{};
    const auto* const end = std::to_chars(digits.begin(), digits.end(), number, 16).ptr;
    const auto size = static_cast<std::size_t>(end - digits.begin());
    out.append(kHexDigits - size, '0').append(digits.data(), size);
}

std::string random_prefix() {
    std::random_device random;
    std::string prefix;
    append_hex(prefix, (std::uint64_t{random()} << 32U) | random());
    return prefix;
}

}  // namespace

Shared::Shared(const ServerOptions& options, Application app)
    : application(std::move(app)),
      limits(options.limits),
      connections(limits.connections),
      body_bytes(limits.total_body_bytes),
      workers(options.workers, limits.waiting_requests),
      slow_workers(options.workers, limits.waiting_requests),
      connections_of_each_(limits.connections_per_address),
      body_bytes_of_each_(limits.body_bytes_per_address),
      request_id_prefix_(random_prefix()) {}

Workers& Shared::workers_for(const Request& request) {
    return application.is_slow && application.is_slow(request) ? slow_workers : workers;
}

void Shared::give_back_connection(const std::string& network) {
    connections_of_each_.give_back(network, 1);
    connections.give_back(1);
}

bool Shared::are_connections_spent(const std::string& network) const {
    return connections.spent() || connections_of_each_.spent(network);
}

bool Shared::take_body(const std::string& network, std::size_t amount) {
    if (!body_bytes_of_each_.take(network, amount)) return false;
    if (body_bytes.take(amount)) return true;
    body_bytes_of_each_.give_back(network, amount);
    return false;
}

void Shared::give_back_body(const std::string& network, std::size_t amount) {
    body_bytes_of_each_.give_back(network, amount);
    body_bytes.give_back(amount);
}

void Shared::assign_request_id(Request& request) {
    request.request_id = request_id_prefix_;
    append_hex(request.request_id, requests_.fetch_add(1, std::memory_order_relaxed));
}

}  // namespace sello::http
