#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <string>

#include "server/app.h"
#include "tuf/base/clock.h"
#include "tuf/base/error.h"
#include "tuf/base/log.h"
#include "tuf/base/program.h"

namespace {

using sello::server::App;
namespace log = sello::log;

void run(const std::string& config_path) {
    const sigset_t signals = sello::block_signals();
    auto config = sello::server::read_config(config_path);
    log::set_level(config.log_level);
    const std::string address = config.http.address;
    const sello::SystemClock clock;
    App app(std::move(config), clock);
    app.start();
    log::info("listening", {{"address", address}, {"port", int{app.port()}}});

    for (int signal = 0; sigwait(&signals, &signal) == 0 && signal == SIGHUP;) {
        try {
            app.reload();
            log::info("reloaded");
        } catch (const sello::Error& e) {
            log::error("reload failed, keeping what was", {{"reason", e.what()}});
        }
    }
    log::info("stopping");
    app.stop();
    log::info("stopped");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App arguments(
        "sello-server: serves signed metadata of container images, as Notary's server does.\n"
        "Exit status: 0 after SIGTERM or SIGINT, 1 if it cannot start, 2 for a bad command line.",
        "sello-server");
    std::string config_path;
    arguments.add_option("--config", config_path, "Configuration file, JSON")->required();
    arguments.set_version_flag("--version", "sello-server " SELLO_VERSION);
    try {
        arguments.parse(sello::command_line(argc, argv));
    } catch (const CLI::ParseError& e) {
        return arguments.exit(e) == 0 ? 0 : 2;
    }
    ::prctl(PR_SET_DUMPABLE, 0);
    try {
        run(config_path);
        return 0;
    } catch (const std::exception& e) {
        log::error("cannot run", {{"reason", e.what()}});
        return 1;
    }
}
