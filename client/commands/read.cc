// list, lookup, verify, status: what changes nothing.
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "client/commands/commands.h"
#include "client/files.h"
#include "client/printable.h"
#include "client/session.h"
#include "client/table.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/trust/integrity.h"
#include "tuf/trust/target_search.h"

namespace sello::client {
namespace {

using nlohmann::ordered_json;

struct ReadOptions {
    std::string gun;
    std::string target;
    std::vector<std::string> roles;
    std::string input;
    std::string output;
    bool quiet = false;
    bool offline = false;
};

std::vector<tuf::RoleName> role_names(const std::vector<std::string>& names) {
    std::vector<tuf::RoleName> out;
    out.reserve(names.size());
    for (const std::string& name : names) out.push_back(tuf::notary_role(name));
    return out;
}

std::string sha256_of(const tuf::Target& target) {
    const auto hash = target.hashes.find("sha256");
    return hash == target.hashes.end() ? std::string() : to_hex(hash->second);
}

ordered_json to_json(const tuf::FoundTarget& found) {
    ordered_json out = {{"name", found.name}, {"role", found.role.str()}, {"length", found.target.length}};
    for (const auto& [algorithm, value] : found.target.hashes) out["hashes"][algorithm] = to_hex(value);
    if (found.target.custom) out["custom"] = *found.target.custom;
    return out;
}

/// A target of a delegation that was left out is not there either, and the reason is that delegation's.
[[noreturn]] void refuse_missing(const std::string& name, const std::vector<tuf::Refusal>& refusals) {
    std::string message = concat("No valid trust data for ", name);
    if (refusals.empty()) throw Error(Fault::NotFound, message);
    for (const tuf::Refusal& refusal : refusals)
        message += concat("; left out ", refusal.details().role, ": ", refusal.what());
    throw tuf::Refusal(Fault::NotFound, message, refusals.front().details());
}

tuf::FoundTarget require_target(Session& session, const ReadOptions& options) {
    auto found = tuf::find_target(session.trusted(options.offline), options.target);
    if (!found) refuse_missing(options.target, session.refusals());
    return std::move(*found);
}

void add_common(CLI::App& command, ReadOptions& options) {
    command.add_option("gun", options.gun, "Name of the collection")->required();
}

void add_online(CLI::App& command, ReadOptions& options) {
    add_common(command, options);
    command.add_flag("--offline", options.offline,
                     "Do not ask the server: use what was trusted before and has not expired");
}

void list(const CommandContext& context, const ReadOptions& options) {
    Session session(read_config(context.flags), tuf::Gun(options.gun));
    const auto found = tuf::list_targets(session.trusted(options.offline), role_names(options.roles));
    if (context.json) {
        ordered_json out = ordered_json::array();
        for (const auto& [name, target] : found) out.push_back(to_json(target));
        std::cout << out.dump(2) << '\n';
        return;
    }
    if (found.empty()) {
        std::cout << "\nNo targets present in this repository.\n\n";
        return;
    }
    std::vector<std::vector<std::string>> rows;
    rows.reserve(found.size());
    for (const auto& [name, target] : found)
        rows.push_back({name, sha256_of(target.target), std::to_string(target.target.length), target.role.str()});
    std::cout << format_table({"NAME", "DIGEST", "SIZE (BYTES)", "ROLE"}, rows);
}

void lookup(const CommandContext& context, const ReadOptions& options) {
    Session session(read_config(context.flags), tuf::Gun(options.gun));
    const auto found = require_target(session, options);
    if (context.json)
        std::cout << to_json(found).dump(2) << '\n';
    else
        std::cout << concat(printable(found.name), " sha256:", sha256_of(found.target), " ", found.target.length, "\n");
}

Bytes read_payload(const ReadOptions& options) {
    if (options.input.empty()) return {std::istreambuf_iterator<char>(std::cin), {}};
    return read_required(options.input);
}

/// To wherever the user says, be it a device.
void write_output(const std::string& path, ByteView payload) {
    std::ofstream out(path, std::ios::binary);
    out << payload;
    if (!out.flush()) throw Error(Fault::Storage, concat(path, ": cannot be written"));
}

void verify(const CommandContext& context, const ReadOptions& options) {
    const Bytes payload = read_payload(options);
    Session session(read_config(context.flags), tuf::Gun(options.gun));
    const auto found = require_target(session, options);
    try {
        tuf::require_match(found.target.length, found.target.hashes, payload, found.name);
    } catch (const tuf::Refusal& refusal) {
        throw refusal.retold(concat("data not present in the trusted collection, ", refusal.what()));
    }
    if (!options.output.empty()) write_output(options.output, payload);
    if (options.quiet) return;
    if (context.json)
        std::cout << to_json(found).dump(2) << '\n';
    else if (options.output.empty())
        std::cout << payload;
}

void status(const CommandContext& context, const ReadOptions& options) {
    const Session session(read_config(context.flags), tuf::Gun(options.gun));
    const auto staged = session.changelist().list();
    ordered_json out = ordered_json::array();
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < staged.size(); ++i) {
        if (!staged[i].change) {
            tell(concat("Warning: ", staged[i].file.string(), " is no staged change"));
            continue;
        }
        const Change& change = *staged[i].change;
        rows.push_back({std::to_string(i), change.action, change.role, change.type, change.path});
        out.push_back({{"index", i},
                       {"action", change.action},
                       {"role", change.role},
                       {"type", change.type},
                       {"path", change.path}});
    }
    if (context.json)
        std::cout << out.dump(2) << '\n';
    else if (rows.empty())
        std::cout << concat("No unpublished changes for ", printable(session.gun().str()), "\n");
    else
        std::cout << concat("Unpublished changes for ", printable(session.gun().str()), ":\n\n",
                            format_table({"#", "ACTION", "SCOPE", "TYPE", "PATH"}, rows));
}

}  // namespace

void add_list(CLI::App& app, CommandContext& context) {
    CLI::App& command = *app.add_subcommand("list", "Show the verified targets of a collection");
    const auto options = std::make_shared<ReadOptions>();
    add_online(command, *options);
    command.add_option("-r,--roles", options->roles, "Only these roles, the first with priority")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.callback([&context, options] { context.run = [&context, options] { list(context, *options); }; });
}

void add_lookup(CLI::App& app, CommandContext& context) {
    CLI::App& command = *app.add_subcommand("lookup", "Show one verified target");
    const auto options = std::make_shared<ReadOptions>();
    add_online(command, *options);
    command.add_option("target", options->target, "Name of the target")->required();
    command.callback([&context, options] { context.run = [&context, options] { lookup(context, *options); }; });
}

void add_verify(CLI::App& app, CommandContext& context) {
    CLI::App& command =
        *app.add_subcommand("verify", "Check content against a verified target; print it if it is the same");
    const auto options = std::make_shared<ReadOptions>();
    add_online(command, *options);
    command.add_option("target", options->target, "Name of the target")->required();
    command.add_option("-i,--input", options->input, "File with the content (default: standard input)");
    command.add_option("-o,--output", options->output, "File for the verified content (default: standard output)");
    command.add_flag("-q,--quiet", options->quiet, "Print nothing: the exit status tells");
    command.add_flag("--explain", context.explain,
                     "If something is not to be trusted, tell the check, role, version and what each key was worth");
    command.callback([&context, options] { context.run = [&context, options] { verify(context, *options); }; });
}

void add_status(CLI::App& app, CommandContext& context) {
    CLI::App& command = *app.add_subcommand("status", "Show what is staged and not yet published");
    const auto options = std::make_shared<ReadOptions>();
    add_common(command, *options);
    command.callback([&context, options] { context.run = [&context, options] { status(context, *options); }; });
}

}  // namespace sello::client
