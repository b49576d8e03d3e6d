#include "tests/fuzz/pull.h"

#include <optional>

#include "tuf/trust/target_search.h"
#include "tuf/trust/trusted_metadata.h"

namespace sello::fuzz {
namespace {

using tuf::RoleName;

class Client {
public:
    Client(const Scene& scene, const Bytes& root) : scene_(scene), history_(scene.history()) {
        begin();
        trusted_->trust_root(root);
    }

    /// One step of a refresh: the server's file of a role, or none. True if it was accepted.
    bool offer(const std::string& name, const std::string& delegator) {
        const auto file = scene_.files.find(name);
        const RoleName role(name);
        if (file == scene_.files.end() || !is_ready_for(role)) return false;
        const tuf::Signed<tuf::Root> root_before = trusted_->root();
        const Files before = trusted_files();
        if (!accepts([&] { feed(role, RoleName(delegator), file->second); })) {
            must(trusted_files() == before, "a refused document leaves the trusted set as it was");
            return false;
        }
        has_timestamp_ = name == "timestamp" || (has_timestamp_ && name != "root");
        has_snapshot_ = name == "snapshot" || (has_snapshot_ && name != "root" && name != "timestamp");
        check(role, RoleName(delegator), file->second, root_before);
        return true;
    }

    /// As the clients do it: TUF 1.0's goes through its steps once a run.
    void refresh() {
        if (is_tuf()) restart();
        for (const auto& [role, delegator] : history_.roles) {
            if (role == "snapshot" && has_timestamp_ && trusted_->adopt_remembered_snapshot()) adopt();
            (void)offer(role, delegator);
        }
        if (has_snapshot_) check_search();
    }

    /// A new run of the client, with what the last one saved.
    void restart() {
        const Files saved = trusted_files();
        const auto floors = std::move(floors_);
        begin();
        trusted_->trust_root(saved.at("root"));
        const auto remembers = [&](const std::string& role) {
            if (!saved.contains(role)) return false;
            floors_[role] = floors.at(role);
            return true;
        };
        if (remembers("timestamp")) trusted_->remember_timestamp(saved.at("timestamp"));
        if (remembers("snapshot")) {
            trusted_->remember_snapshot(saved.at("snapshot"));
            // In TUF 1.0 the snapshot is the floor of what it lists.
            if (is_tuf())
                for (const auto& [role, floor] : floors) floors_[role] = floor;
        }
        if (!is_tuf() && remembers("targets")) trusted_->remember_targets(tuf::targets_role(), saved.at("targets"));
    }

private:
    [[nodiscard]] bool is_tuf() const { return history_.dialect() == tuf::Dialect::Tuf; }

    void begin() {
        if (is_tuf())
            trusted_.emplace(history_.now);
        else
            trusted_.emplace(tuf::Gun("example/app"), history_.now);
        has_timestamp_ = has_snapshot_ = false;
        floors_.clear();
    }

    /// The remembered snapshot was taken again.
    void adopt() {
        has_snapshot_ = true;
        const auto& snapshot = trusted_->snapshot();
        must(snapshot.payload.version == trusted_->timestamp().payload.snapshot.version,
             "the snapshot is the one that the timestamp lists");
        check_top_level(tuf::snapshot_role(), snapshot, snapshot.bytes);
    }

    [[nodiscard]] bool is_ready_for(const RoleName& role) const {
        if (role == tuf::root_role() || role == tuf::timestamp_role()) return true;
        return role == tuf::snapshot_role() ? has_timestamp_ : has_snapshot_;
    }

    void feed(const RoleName& role, const RoleName& delegator, const Bytes& bytes) {
        if (role == tuf::root_role()) return (void)trusted_->update_root(bytes);
        if (role == tuf::timestamp_role()) return (void)trusted_->update_timestamp(bytes);
        if (role == tuf::snapshot_role()) return trusted_->update_snapshot(bytes);
        if (is_tuf()) return trusted_->update_targets(role, delegator, bytes);
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

    void check(const RoleName& role, const RoleName& delegator, const Bytes& bytes,
               const tuf::Signed<tuf::Root>& root_before) {
        if (role == tuf::root_role()) {
            check_root(bytes, root_before);
        } else if (role == tuf::timestamp_role()) {
            const auto& timestamp = trusted_->timestamp();
            // One of the same version is not taken in TUF 1.0: the remembered one stays.
            check_top_level(role, timestamp, is_tuf() ? timestamp.bytes : bytes);
        } else if (role == tuf::snapshot_role()) {
            check_listed(trusted_->timestamp().payload.snapshot, trusted_->snapshot().payload.version, bytes);
            check_top_level(role, trusted_->snapshot(), bytes);
        } else {
            const auto* file = trusted_->targets(role);
            must(file != nullptr, "an accepted file is trusted");
            check_listed(trusted_->snapshot().payload.meta.at(role.str()), file->payload.version, bytes);
            if (delegator == tuf::root_role()) return check_top_level(role, *file, bytes);
            const auto& delegations = trusted_->targets(delegator)->payload.delegations;
            check_current(file->payload.expires);
            check_document(role, *file, bytes, *delegations.signers_of(role), delegations.keys);
        }
    }

    void check_root(const Bytes& bytes, const tuf::Signed<tuf::Root>& before) {
        const auto& root = trusted_->root();
        must(!has_timestamp_ && !has_snapshot_ && trusted_->all_targets().empty(), "a new root begins anew");
        must(scene_.is_signed(root.message, before.payload.role("root"), before.payload.keys),
             "a root is signed by a threshold of the keys before it");
        const auto step = root.payload.version.number() - before.payload.version.number();
        must(is_tuf() ? step == 1 : step >= 0, "a root's version goes up, by one in TUF 1.0");
        // In TUF 1.0 new keys are a way out of versions that went too far.
        if (is_tuf()) floors_.clear();
        check_document(tuf::root_role(), root, bytes, root.payload.role("root"), root.payload.keys);
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

    void check_current(const Instant& expires) const {
        must(expires > history_.now, "nothing past its end is accepted");
    }

    static void check_listed(const tuf::FileMeta& meta, tuf::Version version, const Bytes& bytes) {
        const auto found = tuf::describe_file(bytes);
        must(!meta.version || *meta.version == version, "a file has the listed version");
        must(meta.version || meta.hashes.contains("sha256"), "a file is listed with its digest or its version");
        for (const auto& [algorithm, digest] : meta.hashes)
            if (const auto own = found.hashes.find(algorithm); own != found.hashes.end())
                must(digest == own->second, "a file has the listed digests");
        must(!meta.length || meta.length == found.length, "a file has the listed length");
    }

    void check_search() {
        if (is_tuf()) return check_tuf_search();
        for (const auto& [name, found] : tuf::list_targets(*trusted_)) {
            const auto again = tuf::find_target(*trusted_, name);
            must(again.has_value() && *again == found, "a target that is listed is found, in the same role");
            must(trusted_->targets(found.role) != nullptr, "targets come from trusted roles");
        }
    }

    /// Loads delegations as the search comes to them; whatever it finds is of a trusted role.
    void check_tuf_search() {
        const auto load = [&](const RoleName& role, const RoleName& delegator) -> const tuf::Targets& {
            if (trusted_->targets(role) == nullptr && !offer(role.str(), delegator.str()))
                throw Error(Fault::Untrusted, role.str());
            trusted_->require_vouched(role, delegator);
            return trusted_->targets(role)->payload;
        };
        for (const char* name : {"latest", "abc", "dir/x", "by-hash"})
            (void)accepts([&] {
                const auto found = tuf::search_target(name, load);
                if (!found) return;
                const auto* file = trusted_->targets(found->role);
                must(file != nullptr && file->payload.targets.at(name) == found->target,
                     "a found target is one of a trusted role");
            });
    }

    const Scene& scene_;
    const History& history_;
    std::optional<tuf::TrustedMetadata> trusted_;
    bool has_timestamp_ = false;
    bool has_snapshot_ = false;
    std::map<std::string, std::int64_t> floors_;
};

}  // namespace

void pull(const History& history, const std::uint8_t* data, std::size_t size) {
    constexpr int most_operations = 24;
    Input input(data, size);
    const std::size_t known = input.choice(history.publications.size());
    Scene scene(history, input.choice(history.publications.size()));
    Client client(scene, history.publications[known].at("root"));
    for (int i = 0; i < most_operations && !input.empty(); ++i) {
        switch (input.choice(6)) {
            case 0: scene.relist(input); break;
            case 1: client.refresh(); break;
            case 2: client.restart(); break;
            case 3: {
                // In TUF 1.0 each step is taken once a run, so only the root is offered out of its turn.
                const auto& [role, delegator] = history.roles[input.choice(history.roles.size())];
                if (history.dialect() == tuf::Dialect::Notary || role == "root") (void)client.offer(role, delegator);
                break;
            }
            default: scene.mutate(input); break;
        }
    }
    client.refresh();
}

}  // namespace sello::fuzz
