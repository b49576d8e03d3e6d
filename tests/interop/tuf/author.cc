// Writes TUF 1.0 repositories, made with Sello's own library, into a folder: metadata/, targets/ and root.json, the
// anchor of a client that starts three roots behind. usage: tuf_author FOLDER
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tuf/authoring/role_edit.h"
#include "tuf/authoring/tuf_repository.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"
#include "tuf/metadata/tuf_codec.h"

namespace {

namespace tuf = sello::tuf;
using sello::Bytes;
using sello::concat;
using tuf::PrivateKey;
using tuf::PublicKey;
using tuf::RoleName;

/// A repository that is written to a folder as it is published, with all its keys at hand.
class Author {
public:
    explicit Author(std::filesystem::path folder) : folder_(std::move(folder)) {
        for (const char* role : {"root", "timestamp", "snapshot", "targets"})
            set_role_keys(repository.root(), RoleName(role), {new_key(PrivateKey::generate_ed25519())}, 1);
        publish();
        write("root.json", read("metadata/1.root.json"));
    }

    PublicKey new_key(PrivateKey key) {
        PublicKey listed = tuf::tuf1::public_key(key);
        held_.emplace(listed.id(), std::move(key));
        return listed;
    }
    PublicKey new_key() { return new_key(PrivateKey::generate_ed25519()); }

    tuf::Targets& file_of(const std::string& role) { return repository.file_of(RoleName(role)); }
    void delegate(const std::string& from, tuf::Delegation delegation) {
        set_delegation(file_of(from).delegations, std::move(delegation), {new_key()}, 1);
    }
    /// The content is stored before anything lists it.
    void add_target(const std::string& role, const std::string& path, const Bytes& content) {
        file_of(role).targets[path] = tuf::describe_target(content);
        const std::size_t name = path.rfind('/') + 1;
        write(concat("targets/", path.substr(0, name), tuf::sha256_hex(content), ".", path.substr(name)), content);
    }
    void publish() {
        const auto signer = [&](const RoleName&, const PublicKey& key, sello::ByteView message) {
            return std::optional(tuf::tuf1::sign(held_.at(key.id()), message, key.id()));
        };
        const sello::Instant now{std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()), 0};
        for (const tuf::RepositoryFile& file : repository.publish(signer, now))
            write("metadata/" + file.name, file.bytes);
    }

    tuf::TufRepository repository;

private:
    [[nodiscard]] Bytes read(const std::string& name) const {
        std::ifstream in(folder_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(const std::string& name, const Bytes& bytes) const {
        std::filesystem::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
    }

    std::filesystem::path folder_;
    std::map<tuf::KeyId, PrivateKey> held_;
};

/// Every kind of key and delegation that the readers in the field have in common.
void write_delegations(const std::filesystem::path& folder) {
    Author author(folder);
    // Root 2: two of three keys for targets, one of them ECDSA. Root 3: a new root key.
    set_role_keys(author.repository.root(), tuf::targets_role(),
                  {author.new_key(), author.new_key(PrivateKey::generate_ecdsa_p256()), author.new_key()}, 2);
    author.publish();
    set_role_keys(author.repository.root(), tuf::root_role(), {author.new_key()}, 1);
    author.publish();

    author.add_target("targets", "v1", "top level\n");
    author.file_of("targets").targets["v1"].custom = tuf::Json{{"oci", {{"mediaType", R"(text/plain; a="b\c")"}}}};
    author.delegate("targets", {RoleName("team a"), {}, {"a/*", "a/*/*"}, tuf::PathRule::Patterns, false});
    author.delegate("targets", {RoleName("secret"), {}, {"s-?.txt"}, tuf::PathRule::Patterns, true});
    author.delegate("team a", {RoleName("team/nested"), {}, {"a/n/*"}, tuf::PathRule::Patterns, false});
    author.delegate(
        "targets",
        {RoleName("hashed"), {}, {tuf::sha256_hex("by-hash").substr(0, 2)}, tuf::PathRule::HashPrefixes, false});
    author.add_target("team a", "a/one", "one\n");
    author.add_target("team/nested", "a/n/two", "two\n");
    author.add_target("secret", "s-1.txt", "secret\n");
    author.add_target("hashed", "by-hash", "found by its hash\n");
    author.publish();
}

/// The same with hash bins below `targets`.
void write_bins(const std::filesystem::path& folder) {
    Author author(folder);
    set_bins(author.file_of("targets").delegations, 4, "bin", {author.new_key()}, 1);
    author.add_target("bin-5", "alpine/3.20", "three twenty\n");
    author.add_target("bin-e", "alpine/latest", "latest\n");
    author.publish();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: tuf_author FOLDER\n";
        return 2;
    }
    try {
        const std::filesystem::path folder(argv[1]);
        write_delegations(folder / "delegations");
        write_bins(folder / "bins");
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "tuf_author: " << e.what() << '\n';
        return 1;
    }
}
