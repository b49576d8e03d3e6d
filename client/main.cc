#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "client/commands/commands.h"
#include "client/explanation.h"
#include "client/printable.h"
#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace {

using sello::Fault;
using sello::client::CommandContext;
using sello::client::printable;

/// 1 failed, 2 bad command line or configuration, 3 not to be trusted, 4 not there, 5 no answer from the server.
int exit_status(Fault fault) {
    switch (fault) {
        case Fault::BadConfiguration: return 2;
        case Fault::WrongType:
        case Fault::ThresholdNotMet:
        case Fault::Rollback:
        case Fault::VersionMismatch:
        case Fault::Expired:
        case Fault::DigestMismatch:
        case Fault::Untrusted: return 3;
        case Fault::NotFound: return 4;
        case Fault::Unavailable:
        case Fault::DeadlineExceeded: return 5;
        case Fault::Malformed:
        case Fault::TooLarge:
        case Fault::Conflict:
        case Fault::Unauthorized:
        case Fault::ResourceExhausted:
        case Fault::FailedPrecondition:
        case Fault::DataLoss:
        case Fault::Storage:
        case Fault::Crypto:
        case Fault::Internal: return 1;
    }
    return 1;
}

/// What was refused may hold bytes that are no text.
constexpr auto kReplaceInvalid = nlohmann::ordered_json::error_handler_t::replace;

void tell_refusal(const CommandContext& context, const sello::tuf::Refusal& refusal) {
    std::cerr << "sello: " << printable(refusal.what()) << '\n';
    if (!context.explain) return;
    if (context.json)
        std::cout << sello::client::explanation_json(refusal).dump(2, ' ', false, kReplaceInvalid) << '\n';
    else
        std::cerr << '\n' << sello::client::explain(refusal);
}

/// `sello tuf` knows only 0 and 1, as its documentation says.
bool is_tuf(const CLI::App& app) { return app.get_subcommand("tuf")->count() != 0; }

void add_global_flags(CLI::App& app, CommandContext& context) {
    auto& flags = context.flags;
    app.add_option("-c,--configFile", flags.config_file, "Configuration file (default: ~/.notary/config.json)");
    app.add_option("-d,--trustDir", flags.trust_directory,
                   "Trust directory, shared with notary and docker (default: ~/.notary)");
    app.add_option("-s,--server", flags.server, "URL of the trust server (default: $DOCKER_CONTENT_TRUST_SERVER)");
    app.add_option("--tlscacert", flags.tls.ca_file, "PEM file with the authorities that the server is trusted by");
    app.add_option("--tlscert", flags.tls.certificate_file, "PEM file with a client certificate");
    app.add_option("--tlskey", flags.tls.key_file, "PEM file with the client certificate's key");
    app.add_flag("--json", context.json, "Print the result as JSON");
    app.add_flag_callback(
        "-v,--verbose", [] { sello::log::set_level(sello::log::Level::Info); }, "Log what is mended on the way");
    app.add_flag_callback(
        "-D,--debug", [] { sello::log::set_level(sello::log::Level::Debug); }, "Log every request");
}

}  // namespace

int main(int argc, char** argv) {
    (void)std::signal(SIGPIPE, SIG_IGN);
    sello::log::set_level(sello::log::Level::Error);
    CLI::App app("sello: sign, verify and administer the tags of container images.", "sello");
    app.footer(
        "Exit status: 0 done; 1 failed; 2 bad command line or configuration; 3 not to be trusted (signatures,\n"
        "versions, expiry, digests); 4 not there; 5 no answer from the server.\n"
        "Passphrases: NOTARY_ROOT_PASSPHRASE, NOTARY_TARGETS_PASSPHRASE, NOTARY_SNAPSHOT_PASSPHRASE,\n"
        "NOTARY_DELEGATION_PASSPHRASE, or those of docker; else they are asked for.");
    app.set_version_flag("--version", "sello " SELLO_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    CommandContext context;
    add_global_flags(app, context);
    for (const auto add : {sello::client::add_init, sello::client::add_add, sello::client::add_addhash,
                           sello::client::add_publish, sello::client::add_list, sello::client::add_lookup,
                           sello::client::add_verify, sello::client::add_status, sello::client::add_tuf})
        add(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (app.exit(e) == 0) return 0;
        return is_tuf(app) ? 1 : 2;
    }
    try {
        context.run();
        if (std::cout.flush()) return 0;
        throw sello::Error(Fault::Storage, "standard output: cannot be written");
    } catch (const sello::tuf::Refusal& refusal) {
        tell_refusal(context, refusal);
        return is_tuf(app) ? 1 : exit_status(refusal.fault());
    } catch (const sello::Error& e) {
        std::cerr << "sello: " << printable(e.what()) << '\n';
        return is_tuf(app) ? 1 : exit_status(e.fault());
    } catch (const std::exception& e) {
        std::cerr << "sello: " << printable(e.what()) << '\n';
        return 1;
    }
}
