// init, add, addhash, publish: what changes a collection.
#include <algorithm>
#include <charconv>
#include <iostream>
#include <memory>

#include "client/commands/commands.h"
#include "client/files.h"
#include "client/printable.h"
#include "client/session.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"
#include "tuf/metadata/canonical_json.h"

namespace sello::client {
namespace {

struct StageOptions {
    std::string gun;
    std::string target;
    std::string file;
    std::string size;
    std::string sha256;
    std::string sha512;
    std::vector<std::string> roles;
    std::string custom_file;
    std::string root_key;
    bool server_snapshot = false;
    bool publish = false;
};

/// Sentences are for people; a script gets one object at the end.
void say(const CommandContext& context, const std::string& sentence) {
    if (!context.json) std::cout << printable(sentence) << '\n';
}

void finish(const CommandContext& context, const Session& session, std::string_view done, bool published) {
    const nlohmann::ordered_json result = {{"gun", session.gun().str()}, {"done", done}, {"published", published}};
    if (context.json) std::cout << result.dump(2) << '\n';
}

void publish(const CommandContext& context, Session& session, std::string_view announcement) {
    say(context, concat(announcement, session.gun()));
    session.publisher().publish(session.gun());
    say(context, concat("Successfully published changes for repository ", session.gun()));
}

Bytes parse_hash(const std::string& hex, tuf::HashAlgorithm algorithm) {
    auto bytes = from_hex(hex);
    if (!bytes || bytes->size() != tuf::digest_size(algorithm))
        throw Error(Fault::BadConfiguration, concat("invalid ", tuf::name(algorithm), " hex contents provided"));
    return std::move(*bytes);
}

std::int64_t parse_size(const std::string& text) {
    std::int64_t size = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (fault != std::errc() || end != text.data() + text.size() || size < 0)
        throw Error(Fault::BadConfiguration, concat("target size \"", text, "\": want a number of bytes"));
    return size;
}

tuf::Json parse_custom(const std::string& path) {
    try {
        return tuf::parse_json(read_required(path));
    } catch (const Error& e) {
        throw Error(e.fault(), concat(path, ": ", e.what()));
    }
}

/// Names with control characters could not be published, and would draw on the terminals of those who list them.
void require_printable(const std::string& name) {
    const bool printable =
        std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (name.empty() || !printable)
        throw Error(Fault::BadConfiguration, "name of the target: want text without control characters");
}

void stage(const CommandContext& context, const StageOptions& options, Session& session, tuf::Target target,
           const std::string& what) {
    require_printable(options.target);
    if (!options.custom_file.empty()) target.custom = parse_custom(options.custom_file);
    std::vector<tuf::RoleName> roles;
    for (const std::string& role : options.roles) {
        const tuf::RoleName name = tuf::notary_role(role);
        if (!tuf::is_targets_like(name))
            throw Error(Fault::BadConfiguration,
                        concat("tuf: invalid role ", name, ". cannot add targets to this role"));
        roles.push_back(name);
    }
    if (roles.empty()) roles.push_back(tuf::targets_role());
    for (const tuf::RoleName& role : roles)
        session.changelist().stage(Change::add_target(role, options.target, target), session.clock().now());
    say(context, concat("Addition of target \"", options.target, "\"", what, " to repository \"", session.gun(),
                        "\" staged for next publish."));
    if (options.publish) publish(context, session, "Auto-publishing changes to ");
    finish(context, session, "staged", options.publish);
}

void add_common(CLI::App& command, StageOptions& options) {
    command.add_option("gun", options.gun, "Name of the collection, for example registry/repository")->required();
}

void add_target_options(CLI::App& command, StageOptions& options) {
    add_common(command, options);
    command.add_option("target", options.target, "Name of the target: for an image, its tag")->required();
    command.add_option("-r,--roles", options.roles, "Roles to add it to (default: targets)")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.add_option("--custom", options.custom_file, "File with JSON to sign along with the target");
    command.add_flag("-p,--publish", options.publish, "Publish all that is staged, at once");
}

}  // namespace

void add_init(CLI::App& app, CommandContext& context) {
    CLI::App& command =
        *app.add_subcommand("init", "Make keys and first metadata for a collection; publish sends them");
    const auto options = std::make_shared<StageOptions>();
    add_common(command, *options);
    command.add_option("--rootkey-id", options->root_key,
                       "Id of a root key in the store (default: the smallest, or a new one)");
    command.add_flag("--server-managed-snapshot", options->server_snapshot,
                     "Let the server sign snapshots, as docker does");
    command.add_flag("-p,--publish", options->publish, "Publish at once");
    command.callback([&context, options] {
        context.run = [&context, options] {
            Session session(read_config(context.flags), tuf::Gun(options->gun));
            session.publisher().init(session.gun(), {options->root_key, options->server_snapshot});
            say(context, concat("Initialised ", session.gun(), "; sello publish sends it to the server."));
            if (options->publish) publish(context, session, "Auto-publishing changes to ");
            finish(context, session, "initialised", options->publish);
        };
    });
}

void add_add(CLI::App& app, CommandContext& context) {
    CLI::App& command = *app.add_subcommand("add", "Stage a target: length and digests of a file");
    const auto options = std::make_shared<StageOptions>();
    add_target_options(command, *options);
    command.add_option("file", options->file, "File with the target's content")->required();
    command.callback([&context, options] {
        context.run = [&context, options] {
            Session session(read_config(context.flags), tuf::Gun(options->gun));
            stage(context, *options, session, tuf::describe_target(read_required(options->file)), "");
        };
    });
}

void add_addhash(CLI::App& app, CommandContext& context) {
    CLI::App& command = *app.add_subcommand("addhash", "Stage a target by its length and digests");
    const auto options = std::make_shared<StageOptions>();
    add_target_options(command, *options);
    command.add_option("size", options->size, "Length in bytes")->required();
    command.add_option("--sha256", options->sha256, "SHA-256 in hex");
    command.add_option("--sha512", options->sha512, "SHA-512 in hex");
    command.callback([&context, options] {
        context.run = [&context, options] {
            Session session(read_config(context.flags), tuf::Gun(options->gun));
            tuf::Target target{parse_size(options->size), {}, std::nullopt};
            std::string what;
            for (const auto& [algorithm, hex] : {std::pair{tuf::HashAlgorithm::Sha256, options->sha256},
                                                 std::pair{tuf::HashAlgorithm::Sha512, options->sha512}}) {
                if (hex.empty()) continue;
                target.hashes.emplace(tuf::name(algorithm), parse_hash(hex, algorithm));
                what += concat(what.empty() ? " by " : ", ", tuf::name(algorithm));
            }
            if (target.hashes.empty())
                throw Error(Fault::BadConfiguration, "addhash: want --sha256 HEX, --sha512 HEX or both");
            stage(context, *options, session, std::move(target), what + " hash");
        };
    });
}

void add_publish(CLI::App& app, CommandContext& context) {
    CLI::App& command = *app.add_subcommand("publish", "Sign and upload everything that is staged for a collection");
    const auto options = std::make_shared<StageOptions>();
    add_common(command, *options);
    command.callback([&context, options] {
        context.run = [&context, options] {
            Session session(read_config(context.flags), tuf::Gun(options->gun));
            publish(context, session, "Pushing changes to ");
            finish(context, session, "published", true);
        };
    });
}

}  // namespace sello::client
