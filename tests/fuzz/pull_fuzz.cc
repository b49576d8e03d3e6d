// The checks of a pull against a server that shows what an attacker can make. The first bytes choose what was trusted
// before; then come operations: bend the files, list them anew, refresh, or begin a new run of the client.
#include <optional>

#include "tests/fuzz/scene.h"
#include "tuf/trust/target_search.h"
#include "tuf/trust/trusted_metadata.h"

namespace sello::fuzz {
namespace {

using tuf::RoleName;

class Client {
public:
    Client(const Scene& scene, const Bytes& root) : scene_(scene) {
        begin({});
        trusted_->trust_root(root);
    }

    /// One step of a refresh; true if it was accepted.
    bool offer(const std::string& name) {
        const auto file = scene_.files.find(name);
        if (file == scene_.files.end()) return false;
        const RoleName role(name);
        if (!is_ready_for(role)) return false;
        const tuf::Signed<tuf::Root> root_before = trusted_->root();
        const Files before = trusted_files();
        const bool accepted = accepts([&] { feed(role, file->second); });
        if (!accepted) {
            must(trusted_files() == before, "a refused document leaves the trusted set as it was");
            return false;
        }
        has_timestamp_ = name == "timestamp" || (has_timestamp_ && name != "root");
        has_snapshot_ = name == "snapshot" || (has_snapshot_ && tuf::is_targets_like(role));
        check(role, file->second, root_before);
        return true;
    }

    void refresh() {
        for (const std::string& role : History::get().roles) (void)offer(role);
        if (has_snapshot_) check_search();
    }

    /// A new run of the client, with what the last one saved.
    void restart() {
        const Files saved = trusted_files();
        begin(saved);
    }

private:
    void begin(const Files& saved) {
        const auto floors = floors_;
        trusted_.emplace(History::get().repository.gun, History::get().repository.now);
        has_timestamp_ = has_snapshot_ = false;
        floors_.clear();
        if (saved.empty()) return;
        trusted_->trust_root(saved.at("root"));
        const auto remember = [&](const std::string& role, const auto& tell) {
            if (const auto file = saved.find(role); file != saved.end()) {
                tell(file->second);
                floors_.insert_or_assign(role, floors.at(role));
            }
        };
        remember("timestamp", [&](const Bytes& bytes) { trusted_->remember_timestamp(bytes); });
        remember("snapshot", [&](const Bytes& bytes) { trusted_->remember_snapshot(bytes); });
        remember("targets", [&](const Bytes& bytes) { trusted_->remember_targets(tuf::targets_role(), bytes); });
    }

    [[nodiscard]] bool is_ready_for(const RoleName& role) const {
        if (role == tuf::root_role() || role == tuf::timestamp_role()) return true;
        return role == tuf::snapshot_role() ? has_timestamp_ : has_snapshot_;
    }

    void feed(const RoleName& role, const Bytes& bytes) {
        if (role == tuf::root_role()) return trusted_->update_root(bytes);
        if (role == tuf::timestamp_role()) return trusted_->update_timestamp(bytes);
        if (role == tuf::snapshot_role()) return trusted_->update_snapshot(bytes);
        trusted_->update_targets(role, bytes);
    }

    /// Everything that is trusted, as it came.
    [[nodiscard]] Files trusted_files() const {
        Files out{{"root", trusted_->root().bytes}};
        if (has_timestamp_) out["timestamp"] = trusted_->timestamp().bytes;
        if (has_snapshot_) out["snapshot"] = trusted_->snapshot().bytes;
        for (const auto& [role, file] : trusted_->all_targets()) out[role.str()] = file.bytes;
        return out;
    }

    void check(const RoleName& role, const Bytes& bytes, const tuf::Signed<tuf::Root>& root_before) {
        if (role == tuf::root_role()) {
            const auto& root = trusted_->root();
            must(!has_timestamp_ && !has_snapshot_ && trusted_->all_targets().empty(), "a new root begins anew");
            must(scene_.is_signed(root.message, root_before.payload.role("root"), root_before.payload.keys),
                 "a root is signed by a threshold of the keys before it");
            check_document(role, root, bytes, root.payload.role("root"), root.payload.keys);
        } else if (role == tuf::timestamp_role()) {
            check_top_level(role, trusted_->timestamp(), bytes);
        } else if (role == tuf::snapshot_role()) {
            check_listed(trusted_->timestamp().payload.snapshot, bytes);
            check_top_level(role, trusted_->snapshot(), bytes);
        } else {
            const auto* file = trusted_->targets(role);
            must(file != nullptr, "an accepted file is trusted");
            check_listed(trusted_->snapshot().payload.meta.at(role.str()), bytes);
            const auto above = tuf::parent(role);
            if (!above) return check_top_level(role, *file, bytes);
            const auto& delegator = trusted_->targets(*above)->payload;
            check_current(file->payload.expires);
            check_document(role, *file, bytes, delegator.delegation(role)->keys, delegator.delegations.keys);
        }
    }

    template <class Payload>
    void check_top_level(const RoleName& role, const tuf::Signed<Payload>& file, const Bytes& bytes) {
        check_current(file.payload.expires);
        check_document(role, file, bytes, trusted_->root().payload.role(role.str()), trusted_->root().payload.keys);
    }

    template <class Payload>
    void check_document(const RoleName& role, const tuf::Signed<Payload>& file, const Bytes& bytes,
                        const tuf::RoleKeys& by, const tuf::Keys& keys) {
        must(file.bytes == bytes, "the bytes that came are kept");
        must(scene_.is_signed(file.message, by, keys), "only what a threshold of keys signed is accepted");
        const auto version = file.payload.version.number();
        const auto [floor, is_first] = floors_.emplace(role.str(), version);
        must(version >= floor->second, "versions never go down");
        floor->second = version;
    }

    static void check_current(const Instant& expires) {
        must(expires > History::get().repository.now, "nothing past its end is accepted");
    }

    static void check_listed(const tuf::FileMeta& meta, const Bytes& bytes) {
        const auto found = tuf::describe_file(bytes);
        const auto listed = meta.hashes.find("sha256");
        must(listed != meta.hashes.end() && listed->second == found.hashes.at("sha256"),
             "a file has the listed digest");
        must(meta.length == found.length, "a file has the listed length");
    }

    void check_search() const {
        for (const auto& [name, found] : tuf::list_targets(*trusted_)) {
            const auto again = tuf::find_target(*trusted_, name);
            must(again.has_value() && *again == found, "a target that is listed is found, in the same role");
            must(trusted_->targets(found.role) != nullptr, "targets come from trusted roles");
        }
    }

    const Scene& scene_;
    std::optional<tuf::TrustedMetadata> trusted_;
    bool has_timestamp_ = false;
    bool has_snapshot_ = false;
    std::map<std::string, std::int64_t> floors_;
};

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello::fuzz;  // NOLINT(google-build-using-namespace): the whole program
    constexpr int most_operations = 24;
    const auto& publications = History::get().publications;
    Input input(data, size);
    const std::size_t known = input.choice(publications.size());
    Scene scene(input.choice(publications.size()));
    Client client(scene, publications[known].at("root"));
    for (int i = 0; i < most_operations && !input.empty(); ++i) {
        switch (input.choice(6)) {
            case 0: scene.relist(input); break;
            case 1: client.refresh(); break;
            case 2: client.restart(); break;
            case 3: (void)client.offer(History::get().roles[input.choice(6)]); break;
            default: scene.mutate(input); break;
        }
    }
    client.refresh();
    return 0;
}
