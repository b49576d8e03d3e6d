// A publisher that never rests: one target after another into one collection, over one kept connection, each tried
// until the server takes it. Writes the name of each target on a line of its own as soon as it is acknowledged.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <random>
#include <thread>

#include "client/session.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"

namespace {

using namespace sello;  // NOLINT(google-build-using-namespace): a program of one file

struct Options {
    client::ClientConfig client;
    std::string gun;
    std::string prefix;
    unsigned count = 1;
};

/// Between two bouts of tries: longer than the publisher waits between two tries of its own.
void rest() {
    std::random_device seed;
    std::uniform_int_distribution<int> jitter(50, 500);
    std::this_thread::sleep_for(std::chrono::milliseconds(jitter(seed)));
}

/// Publishes what is staged; what another publisher overtakes stays staged, and goes out with the next try.
void publish_until_taken(client::Session& session) {
    while (true) {
        try {
            session.publisher().publish(session.gun());
            return;
        } catch (const Error& e) {
            if (e.fault() != Fault::Conflict) throw;
        }
        rest();
    }
}

void run(const Options& options) {
    client::Session session(options.client, tuf::Gun(options.gun));
    for (unsigned serial = 0; serial < options.count; ++serial) {
        const std::string name = concat(options.prefix, serial);
        const tuf::Target target{static_cast<std::int64_t>(name.size()), {{"sha256", tuf::sha256(name)}}, std::nullopt};
        session.changelist().stage(client::Change::add_target(tuf::targets_role(), name, target),
                                   session.clock().now());
        publish_until_taken(session);
        std::cout << name << std::endl;
    }
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    std::string trust_directory;
    CLI::App app("Publishes targets to one collection, one after another, and prints those that were acknowledged.");
    app.add_option("--server", options.client.server, "URL")->required();
    app.add_option("--ca", options.client.tls.ca_file, "PEM file with the server's authority")->required();
    app.add_option("--trust-dir", trust_directory, "Trust directory with the keys")->required();
    app.add_option("--gun", options.gun, "Collection")->required();
    app.add_option("--prefix", options.prefix, "What the targets' names begin with")->required();
    app.add_option("--count", options.count, "Number of targets")->required();
    CLI11_PARSE(app, argc, argv);
    try {
        options.client.trust_directory = trust_directory;
        run(options);
        return 0;
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
}
