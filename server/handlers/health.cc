#include "server/handlers/health.h"

#include <nlohmann/json.hpp>

#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace sello::server {
namespace {

template <class Check>
void run(std::map<std::string, std::string>& failures, const char* name, const Check& check) {
    try {
        check();
    } catch (const Error& e) {
        failures.emplace(name, e.what());
        log::warning("health check failed", {{"check", name}, {"reason", e.what()}});
    }
}

}  // namespace

http::Response Health::answer() {
    const std::lock_guard lock(mutex_);
    const std::int64_t now = clock_.now().seconds;
    if (checked_at_ == 0 || now - checked_at_ >= kInterval.count()) {
        failures_.clear();
        run(failures_, "Trust operational", [&] { signing_.check_health(); });
        run(failures_, "DB operational", [&] { store_.check_health(); });
        checked_at_ = now;
    }
    nlohmann::json body = nlohmann::json::object();
    for (const auto& [name, reason] : failures_) body[name] = reason;
    return {failures_.empty() ? 200U : 503U,
            {{"Content-Type", "application/json; charset=utf-8"}},
            std::make_shared<const std::string>(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))};
}

}  // namespace sello::server
