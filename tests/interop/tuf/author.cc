// Writes a TUF 1.0 repository, made with Sello's own library, into a folder: metadata/, targets/ and root.json, the
// anchor of a client that starts three roots behind.
// usage: tuf_author FOLDER
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/support/tuf_simulator.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"

namespace {

using sello::Bytes;
using sello::test::TufSimulator;
using sello::tuf::PrivateKey;

void write(const std::filesystem::path& path, const Bytes& bytes) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

std::shared_ptr<PrivateKey> share(PrivateKey key) { return std::make_shared<PrivateKey>(std::move(key)); }

/// Every kind of key and delegation that the readers in the field have in common.
TufSimulator make_repository() {
    TufSimulator repository(sello::Instant{std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()), 0});
    // Root 2: two of three keys for targets, one of them ECDSA. Root 3: a new root key.
    repository.add_key("targets", share(PrivateKey::generate_ecdsa_p256()));
    repository.add_key("targets");
    repository.root.roles["targets"].threshold = 2;
    repository.root.version = repository.root.version.next();
    repository.publish_root();
    const auto old_keys = repository.signers["root"];
    repository.rotate_key("root");
    repository.root.version = repository.root.version.next();
    repository.publish_root(old_keys);

    repository.add_target("targets", "v1", "top level\n");
    repository.targets.targets["v1"].custom = sello::tuf::Json{{"oci", {{"mediaType", R"(text/plain; a="b\c")"}}}};
    repository.delegate("targets", "team a", {"a/*", "a/*/*"});
    repository.delegate("targets", "secret", {"s-?.txt"}, true);
    repository.delegate("team a", "team/nested", {"a/n/*"});
    repository.add_target("team a", "a/one", "one\n");
    repository.add_target("team/nested", "a/n/two", "two\n");
    repository.add_target("secret", "s-1.txt", "secret\n");
    auto& hashed = repository.delegate("targets", "hashed", {});
    hashed.rule = sello::tuf::PathRule::HashPrefixes;
    hashed.paths = {sello::tuf::sha256_hex("by-hash").substr(0, 2)};
    repository.add_target("hashed", "by-hash", "found by its hash\n");
    repository.targets.version = repository.targets.version.next();
    repository.publish();
    return repository;
}

/// The same with hash bins below `targets`.
TufSimulator make_binned_repository() {
    TufSimulator repository(sello::Instant{std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()), 0});
    repository.delegate_bins(4, "bin");
    repository.add_target("bin-5", "alpine/3.20", "three twenty\n");
    repository.add_target("bin-e", "alpine/latest", "latest\n");
    repository.targets.version = repository.targets.version.next();
    repository.publish();
    return repository;
}

void write_repository(const TufSimulator& repository, const std::filesystem::path& folder) {
    for (const auto& [name, bytes] : repository.files) {
        std::string encoded;  // role names go percent-encoded
        for (const char c : name) encoded += c == '/' ? "%2F" : c == ' ' ? "%20" : std::string(1, c);
        write(folder / "metadata" / encoded, bytes);
    }
    for (const auto& [path, bytes] : repository.target_files) write(folder / "targets" / path, bytes);
    write(folder / "root.json", repository.files.at("1.root.json"));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: tuf_author FOLDER\n";
        return 2;
    }
    try {
        const std::filesystem::path folder(argv[1]);
        write_repository(make_repository(), folder / "delegations");
        write_repository(make_binned_repository(), folder / "bins");
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "tuf_author: " << e.what() << '\n';
        return 1;
    }
}
