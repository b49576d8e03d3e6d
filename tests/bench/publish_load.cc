// A load of publishers: each upload is root and targets of one collection that the server has never seen, and the
// server signs snapshot and timestamp. All uploads are made before the clock starts, so that the figure is the
// server's. Prints {"publishes":N,"failures":N,"seconds":S,"per_second":R}.
#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <future>
#include <iostream>
#include <vector>

#include "client/remote/notary_api.h"
#include "tuf/authoring/repository_editor.h"
#include "tuf/base/clock.h"
#include "tuf/base/error.h"
#include "tuf/crypto/certificate.h"
#include "tuf/crypto/private_key.h"

namespace {

using namespace sello;  // NOLINT(google-build-using-namespace): a program of one file

struct Options {
    std::string server;
    std::string ca_file;
    std::string prefix = "bench/";
    unsigned connections = 16;
    unsigned publishes = 1000;
    unsigned tags = 10;
};

struct Upload {
    tuf::Gun gun;
    std::vector<tuf::UploadedFile> files;
};

/// One root and one targets key for all collections: the root's certificate names them by their prefix.
class Publisher {
public:
    Publisher(const Options& options, Instant now)
        : options_(options),
          now_(now),
          certificate_("ecdsa-x509", tuf::make_root_certificate(root_key_.handle(), options.prefix + "*", now)) {}

    Upload make(client::HttpClient& http, unsigned number) const {
        const tuf::Gun gun(concat(options_.prefix, number));
        client::NotaryApi api(http, gun);
        tuf::Root root;
        root.expires = now_ + std::chrono::hours(24 * 365);
        add(root, "root", certificate_);
        add(root, "targets", targets_key_.public_key());
        add(root, "snapshot", api.server_key(tuf::snapshot_role()));
        add(root, "timestamp", api.server_key(tuf::timestamp_role()));
        tuf::Targets targets;
        targets.expires = root.expires;
        for (unsigned i = 0; i < options_.tags; ++i) {
            const auto meta = tuf::describe_file(concat(number, " ", i));
            targets.targets.emplace(concat("v1.", i),
                                    tuf::Target{meta.length.value_or(0), {{"sha256", meta.hashes.at("sha256")}}, {}});
        }
        return {gun,
                {{tuf::root_role(), sign(tuf::to_json(root), root, "root")},
                 {tuf::targets_role(), sign(tuf::to_json(targets), root, "targets")}}};
    }

private:
    static void add(tuf::Root& root, const std::string& role, const tuf::PublicKey& key) {
        root.keys.emplace(key.id(), key);
        root.roles[role].keyids.push_back(key.id());
    }

    Bytes sign(const tuf::Json& payload, const tuf::Root& root, const std::string& role) const {
        const auto finder = [&](const tuf::RoleName&, const tuf::PublicKey& key, ByteView message) {
            return std::optional((role == "root" ? root_key_ : targets_key_).sign(message, key.id()));
        };
        return tuf::sign_document(payload, tuf::RoleName(role), root.role(role), root.keys, finder).value();
    }

    const Options& options_;
    Instant now_;
    tuf::PrivateKey root_key_ = tuf::PrivateKey::generate_ecdsa_p256();
    tuf::PrivateKey targets_key_ = tuf::PrivateKey::generate_ecdsa_p256();
    tuf::PublicKey certificate_;
};

/// Runs `work(http, index)` for every index below `count`, on as many threads and connections as given. Throws what any
/// of them threw.
template <class Work>
void for_each(const Options& options, unsigned connections, const Work& work) {
    const unsigned count = options.publishes;
    std::atomic<unsigned> next{0};
    std::vector<std::future<void>> threads;
    for (unsigned i = 0; i < connections; ++i)
        threads.push_back(std::async(std::launch::async, [&] {
            client::HttpClient http(client::Url::parse(options.server), {options.ca_file, "", "", false});
            for (unsigned index = next++; index < count; index = next++) work(http, index);
        }));
    for (std::future<void>& thread : threads) thread.get();
}

void run(const Options& options) {
    const Publisher publisher(options, SystemClock().now());
    std::vector<std::optional<Upload>> uploads(options.publishes);
    // One after the other: notary-signer, with its keys in memory, dies of requests for keys that come at once.
    for_each(options, 1,
             [&](client::HttpClient& http, unsigned index) { uploads[index] = publisher.make(http, index); });

    std::cerr << "uploads are made, publishing\n";
    std::atomic<unsigned> failures{0};
    const auto start = std::chrono::steady_clock::now();
    for_each(options, options.connections, [&](client::HttpClient& http, unsigned index) {
        try {
            client::NotaryApi(http, uploads[index]->gun).publish(uploads[index]->files);
        } catch (const Error& e) {
            if (failures++ == 0) std::cerr << e.what() << '\n';
        }
    });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::cout << tuf::Json{{"publishes", options.publishes},
                           {"failures", failures.load()},
                           {"seconds", seconds.count()},
                           {"per_second", (options.publishes - failures) / seconds.count()}}
              << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Publishes many collections to a trust server and prints the rate.");
    app.add_option("--server", options.server, "URL")->required();
    app.add_option("--ca", options.ca_file, "PEM file")->required();
    app.add_option("--prefix", options.prefix, "Of the collections' names");
    app.add_option("--connections", options.connections, "At once");
    app.add_option("--publishes", options.publishes, "In all");
    app.add_option("--tags", options.tags, "In each collection");
    CLI11_PARSE(app, argc, argv);
    try {
        run(options);
        return 0;
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
}
