#include "tuf/base/program.h"

#include <pthread.h>

#include <algorithm>

namespace sello {

sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

std::vector<std::string> command_line(int argc, const char* const* argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    for (std::string& argument : arguments)
        for (const char* flag : {"-config", "-version"})
            if (argument == flag || argument.starts_with(std::string(flag) + "=")) argument.insert(0, 1, '-');
    std::reverse(arguments.begin(), arguments.end());
    return arguments;
}

}  // namespace sello
