#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "signer/app.h"
#include "tuf/base/log.h"
#include "tuf/base/program.h"

namespace {

using namespace sello;  // NOLINT(google-build-using-namespace): the program's own entry

constexpr int kCannotStart = 1;
constexpr int kBadCommandLine = 2;

/// Logged at every level of the configuration: it is the last thing said.
void log_fatal(std::string_view event, log::Fields fields = {}) {
    log::set_level(log::Level::Error);
    log::error(event, fields);
}

[[noreturn]] void leave_stuck() {
    log_fatal("token module hangs, leaving");
    _exit(signer::App::kStuckExit);
}

bool asks_to_end(int signal) { return signal == SIGTERM || signal == SIGINT; }

/// The next of these signals, -1 if none comes in this time.
int next_signal(const sigset_t& signals, const timespec& pause) { return sigtimedwait(&signals, nullptr, &pause); }

/// Listens to signals while the signer starts, and ends a start that does not: a call into a token's module may never
/// return. Nothing has been acknowledged by then.
class StartWatch {
public:
    explicit StartWatch(const sigset_t& signals)
        : thread_([signals](const std::stop_token& started) {
              const auto limit = std::chrono::steady_clock::now() + kStartLimit;
              while (!started.stop_requested()) {
                  if (asks_to_end(next_signal(signals, kPause))) _exit(0);
                  if (std::chrono::steady_clock::now() > limit) leave_stuck();
              }
          }) {}

private:
    static constexpr std::chrono::seconds kStartLimit{90};
    static constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 20'000'000};
    std::jthread thread_;
};

int serve(const signer::Config& config) {
    const sigset_t signals = block_signals();
    std::optional<StartWatch> watch(signals);
    signer::App app(config);
    watch.reset();
    const timespec second{.tv_sec = 1, .tv_nsec = 0};
    for (;;) {
        const int signal = next_signal(signals, second);
        if (asks_to_end(signal)) break;
        if (signal == SIGHUP) log::info("nothing to reload", {{"signal", "SIGHUP"}});
        if (!app.check()) leave_stuck();
    }
    app.stop();
    log::info("stopped");
    return 0;
}

int run(int argc, char** argv) {
    CLI::App command(
        "sello-signer: keeps the keys of sello-server in a token and signs with them.\n"
        "Exit status: 0 after SIGTERM or SIGINT, 1 if it cannot start, 2 for a bad command line, 70 if the token hung\n"
        "and only a new process helps.",
        "sello-signer");
    std::string config_file;
    std::string so_pin_file;
    command.set_version_flag("--version", "sello-signer " SELLO_VERSION);
    command.add_option("--config", config_file, "configuration file (JSON)");
    CLI::App* init = command.add_subcommand("init-token", "prepare the token: PIN and wrapping key; may be repeated");
    init->add_option("--config", config_file, "configuration file (JSON)");
    init->add_option("--so-pin-file", so_pin_file, "file of mode 0600 with the security officer's PIN")->required();
    try {
        command.parse(command_line(argc, argv));
        if (config_file.empty()) throw CLI::RequiredError("--config");  // before or after the subcommand
    } catch (const CLI::ParseError& error) {
        return command.exit(error) == 0 ? 0 : kBadCommandLine;
    }
    const signer::Config config = signer::Config::from_file(config_file);
    log::set_level(config.log_level);
    if (!init->parsed()) return serve(config);
    signer::init_token(config, so_pin_file);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);  // no core dump, no tracing by the same user: PINs pass through here
    (void)std::signal(SIGPIPE, SIG_IGN);       // modules may talk over sockets
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        log_fatal("cannot run", {{"reason", error.what()}});
        return kCannotStart;
    }
}
