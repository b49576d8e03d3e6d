#include "tuf/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "tuf/base/clock.h"
#include "tuf/base/error.h"

namespace sello::log {
namespace {

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
        case Level::Debug: return spdlog::level::debug;
        case Level::Info: return spdlog::level::info;
        case Level::Warning: return spdlog::level::warn;
        case Level::Error: return spdlog::level::err;
        case Level::Off: return spdlog::level::off;
    }
    return spdlog::level::off;
}

const char* name(Level level) {
    switch (level) {
        case Level::Debug: return "debug";
        case Level::Info: return "info";
        case Level::Warning: return "warning";
        case Level::Error: return "error";
        case Level::Off: return "off";
    }
    return "off";
}

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = [] {
        auto made = std::make_shared<spdlog::logger>("sello", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->set_level(spdlog::level::info);
        made->flush_on(spdlog::level::debug);
        return made;
    }();
    return *instance;
}

}  // namespace

Level parse_level(std::string_view text) {
    if (text == "debug" || text == "trace") return Level::Debug;
    if (text == "info") return Level::Info;
    if (text == "warn" || text == "warning") return Level::Warning;
    if (text == "error") return Level::Error;
    if (text == "fatal" || text == "panic") return Level::Off;
    throw Error(Fault::BadConfiguration,
                concat("logging.level: want debug, info, warning or error, got \"", text, "\""));
}

void set_level(Level level) { logger().set_level(spdlog_level(level)); }

Level level() {
    const auto current = logger().level();
    for (const Level candidate : {Level::Debug, Level::Info, Level::Warning, Level::Error})
        if (spdlog_level(candidate) == current) return candidate;
    return Level::Off;
}

void write(Level level, std::string_view event, Fields fields) {
    if (!logger().should_log(spdlog_level(level))) return;
    nlohmann::ordered_json line;
    line["time"] = to_rfc3339(SystemClock().now());
    line["level"] = name(level);
    line["event"] = event;
    for (const Field& field : fields)
        std::visit([&](const auto& value) { line[std::string(field.name)] = value; }, field.value);
    logger().log(spdlog_level(level), "{}", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace sello::log
