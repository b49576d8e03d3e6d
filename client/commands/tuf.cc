#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "client/commands/commands.h"
#include "client/printable.h"
#include "client/tuf/repository_updater.h"
#include "tuf/base/clock.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

struct TufOptions {
    std::filesystem::path metadata_folder;
    std::string metadata_url;
    std::vector<std::string> target_names;
    std::string target_base_url;
    std::filesystem::path target_folder;
    std::filesystem::path trusted_root;
};

const std::string& required(const std::string& value, const char* option) {
    if (value.empty()) throw Error(Fault::BadConfiguration, concat(option, " is missing"));
    return value;
}

Instant now() { return SystemClock().now(); }

/// The run's parts, which live as long as it does.
struct TufRun {
    TufRun(const CommandContext& context, const TufOptions& options)
        : repository(required(options.metadata_url, "--metadata-url"), options.target_base_url, context.flags.tls),
          directory(options.metadata_folder),
          updater(directory, repository, now()) {}

    HttpRepository repository;
    MetadataDirectory directory;
    RepositoryUpdater updater;
};

void init(const TufOptions& options) {
    const MetadataDirectory directory(options.metadata_folder);
    init_repository(directory, read_required(options.trusted_root), now());
}

void download(const CommandContext& context, const TufOptions& options) {
    if (options.target_names.empty()) throw Error(Fault::BadConfiguration, "--target-name is missing");
    (void)required(options.target_base_url, "--target-base-url");
    (void)required(options.target_folder.string(), "--target-dir");
    TufRun run(context, options);
    run.updater.refresh();
    for (const std::string& name : options.target_names)
        std::cout << printable(run.updater.download(run.updater.find(name), options.target_folder).string()) << '\n';
}

}  // namespace

void add_tuf(CLI::App& app, CommandContext& context) {
    CLI::App& command = *app.add_subcommand("tuf", "A client of TUF 1.0 repositories; its options go before the verb");
    command.require_subcommand(1);
    command.footer("Exit status: 0 if all was done, 1 if anything failed.");
    const auto options = std::make_shared<TufOptions>();
    command.add_option("--metadata-dir", options->metadata_folder, "Folder of the trusted metadata")->required();
    command.add_option("--metadata-url", options->metadata_url, "Base URL of the repository's metadata");
    command.add_option("--target-name", options->target_names, "Target to download; may be given again")
        ->expected(1)
        ->allow_extra_args(false)  // which also keeps `[a,b]` one name
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command.add_option("--target-base-url", options->target_base_url, "Base URL of the repository's targets");
    command.add_option("--target-dir", options->target_folder, "Folder for downloaded targets");

    command.add_flag("--explain", context.explain,
                     "If something is not to be trusted, tell the check, role, version and what each key was worth");

    CLI::App& init_verb = *command.add_subcommand("init", "Trust this root, in place of any other; asks no server");
    init_verb.add_option("TRUSTED_ROOT", options->trusted_root, "File with the root, from a source you trust")
        ->required();
    init_verb.callback([&context, options] { context.run = [options] { init(*options); }; });
    command.add_subcommand("refresh", "Update the trusted metadata")->callback([&context, options] {
        context.run = [&context, options] { TufRun(context, *options).updater.refresh(); };
    });
    command.add_subcommand("download", "Update, then download the named targets, each verified")
        ->callback([&context, options] { context.run = [&context, options] { download(context, *options); }; });
}

}  // namespace sello::client
