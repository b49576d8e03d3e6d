#include "server/http/limits.h"

#include <algorithm>

namespace sello::http {

namespace {

void read_size(ConfigObject& config, const std::string& key, std::size_t& value, std::int64_t low, std::int64_t high) {
    value = static_cast<std::size_t>(config.integer_or(key, static_cast<std::int64_t>(value), low, high));
}

void read_seconds(ConfigObject& config, const std::string& key, std::chrono::milliseconds& value) {
    constexpr std::int64_t kDay = 86'400;
    value = std::chrono::seconds(config.integer_or(key, value.count() / 1000, 1, kDay));
}

}  // namespace

Limits read_limits(ConfigObject& config) {
    constexpr std::int64_t kMiB = 1 << 20;
    Limits limits;
    read_size(config, "header_bytes", limits.header_bytes, 1024, kMiB);
    read_size(config, "body_bytes", limits.body_bytes, 1024, 4096 * kMiB);
    read_size(config, "total_body_bytes", limits.total_body_bytes, 1024, 65'536 * kMiB);
    limits.body_bytes_per_address = std::max(limits.total_body_bytes / 4, limits.body_bytes);
    read_size(config, "body_bytes_per_address", limits.body_bytes_per_address, 1024, 65'536 * kMiB);
    read_size(config, "connections", limits.connections, 1, 1'000'000);
    limits.connections_per_address = std::max<std::size_t>(1, limits.connections / 4);
    read_size(config, "connections_per_address", limits.connections_per_address, 1, 1'000'000);
    read_size(config, "waiting_requests", limits.waiting_requests, 1, 1'000'000);
    read_seconds(config, "handshake_timeout_seconds", limits.handshake_timeout);
    read_seconds(config, "header_timeout_seconds", limits.header_timeout);
    read_seconds(config, "body_timeout_seconds", limits.body_timeout);
    read_seconds(config, "whole_body_timeout_seconds", limits.whole_body_timeout);
    read_seconds(config, "write_timeout_seconds", limits.write_timeout);
    read_seconds(config, "whole_answer_timeout_seconds", limits.whole_answer_timeout);
    read_seconds(config, "idle_timeout_seconds", limits.idle_timeout);
    read_seconds(config, "linger_timeout_seconds", limits.linger_timeout);
    return limits;
}

}  // namespace sello::http
