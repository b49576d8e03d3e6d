#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <ctime>
#include <string>
#include <vector>

#include "signer/app.h"
#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace {

using namespace sello;  // NOLINT(google-build-using-namespace): the program's own entry

constexpr int kStuckExit = 70;  // EX_SOFTWARE: the supervisor starts a new process

/// Blocked in all threads, and waited for in the main one.
sigset_t ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}

int serve(const signer::Config& config) {
    const sigset_t signals = ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signer::App app(config);
    const timespec pause{.tv_sec = 1, .tv_nsec = 0};
    while (sigtimedwait(&signals, nullptr, &pause) < 0) {
        if (app.check()) continue;
        log::error("token module hangs, leaving", {});
        _exit(kStuckExit);
    }
    app.stop();
    log::info("stopped");
    return 0;
}

/// Notary spells long flags with one dash.
std::vector<std::string> arguments(int argc, char** argv) {
    std::vector<std::string> out(argv + 1, argv + argc);
    for (std::string& argument : out)
        for (const char* name : {"-config", "-version"})
            if (argument == name || argument.starts_with(std::string(name) + "=")) argument.insert(0, "-");
    std::reverse(out.begin(), out.end());  // as CLI11 takes them
    return out;
}

int run(int argc, char** argv) {
    CLI::App command{"Keeps the keys of sello-server and signs with them", "sello-signer"};
    std::string config_file;
    std::string so_pin_file;
    command.set_version_flag("--version", "sello-signer " SELLO_VERSION);
    command.add_option("--config", config_file, "configuration file (JSON)");
    CLI::App* init = command.add_subcommand("init-token", "prepare the token: PIN and wrapping key; may be repeated");
    init->add_option("--config", config_file, "configuration file (JSON)");
    init->add_option("--so-pin-file", so_pin_file, "file of mode 0600 with the security officer's PIN")->required();
    try {
        command.parse(arguments(argc, argv));
    } catch (const CLI::ParseError& error) {
        return command.exit(error);
    }
    if (config_file.empty()) throw Error(Fault::BadConfiguration, "--config: required, and missing");
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
        log::error("sello-signer cannot go on", {{"reason", error.what()}});
        return 1;
    }
}
