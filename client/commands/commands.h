#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "client/config.h"

/// The commands of `sello`. Each function adds one to the command line; its work runs when `run` is called.
namespace sello::client {

/// What all commands share: filled while the command line is parsed, used afterwards.
struct CommandContext {
    GlobalFlags flags;
    bool json = false;
    bool explain = false;  ///< tell all of a refusal
    std::function<void()> run;
};

void add_init(CLI::App& app, CommandContext& context);
void add_add(CLI::App& app, CommandContext& context);
void add_addhash(CLI::App& app, CommandContext& context);
void add_publish(CLI::App& app, CommandContext& context);
void add_list(CLI::App& app, CommandContext& context);
void add_lookup(CLI::App& app, CommandContext& context);
void add_verify(CLI::App& app, CommandContext& context);
void add_status(CLI::App& app, CommandContext& context);
void add_tuf(CLI::App& app, CommandContext& context);

}  // namespace sello::client
