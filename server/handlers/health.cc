#include "server/handlers/health.h"

#include <nlohmann/json.hpp>

#include "tuf/base/log.h"

namespace sello::server {
namespace {

template <class Check>
void run(std::map<std::string, std::string>& failures, const char* name, const Check& check) {
    try {
        check();
    } catch (const std::exception& e) {
        failures.emplace(name, e.what());
        log::warning("health check failed", {{"check", name}, {"reason", e.what()}});
    }
}

}  // namespace

bool Health::begin_check() {
    const std::lock_guard lock(mutex_);
    const bool is_recent = checked_at_ != 0 && clock_.now().seconds - checked_at_ < kInterval.count();
    if (checking_ || is_recent) return false;
    checking_ = true;
    return true;
}

void Health::check() {
    std::map<std::string, std::string> found;
    run(found, "Trust operational", [&] { signing_.check_health(); });
    run(found, "DB operational", [&] { store_.check_health(); });
    const std::lock_guard lock(mutex_);
    failures_ = std::move(found);
    checked_at_ = clock_.now().seconds;
    checking_ = false;
}

http::Response Health::answer() {
    if (begin_check()) check();
    const std::lock_guard lock(mutex_);
    nlohmann::json body = nlohmann::json::object();
    for (const auto& [name, reason] : failures_) body[name] = reason;
    return {failures_.empty() ? 200U : 503U,
            {{"Content-Type", "application/json; charset=utf-8"}},
            std::make_shared<const std::string>(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))};
}

}  // namespace sello::server
