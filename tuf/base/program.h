#pragma once

#include <csignal>
#include <string>
#include <vector>

/// What the main functions of the servers share.
namespace sello {

/// Blocks SIGTERM, SIGINT and SIGHUP, to be taken by sigwait on the main thread alone: threads made later inherit the
/// mask.
[[nodiscard]] sigset_t block_signals();

/// The arguments behind the program's name, last first, as CLI11 takes them. `-config` and `-version`, which Notary's
/// programs take with one dash, get their second.
[[nodiscard]] std::vector<std::string> command_line(int argc, const char* const* argv);

}  // namespace sello
