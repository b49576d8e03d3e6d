#include "client/publisher.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>
#include <utility>

#include "client/files.h"
#include "tuf/base/error.h"
#include "tuf/crypto/certificate.h"
#include "tuf/metadata/canonical_json.h"

namespace sello::client {
namespace {

using tuf::RoleName;

constexpr int kPublishAttempts = 20;

/// Waits, differently in each process, so that racing publishers do not meet again: for a random part of 2, 4, 8 and
/// then 16 times what the attempt took. So most of many publishers wait while one goes through.
void step_back(int attempt, std::chrono::steady_clock::duration took) {
    constexpr int most_doublings = 4;
    const auto longest =
        std::chrono::duration_cast<std::chrono::microseconds>(took) * (1 << std::min(attempt, most_doublings));
    std::random_device seed;
    std::uniform_int_distribution<std::int64_t> jitter(0, longest.count());
    std::this_thread::sleep_for(std::chrono::microseconds(jitter(seed)));
}

void add_key(tuf::Root& root, const RoleName& role, const tuf::PublicKey& key) {
    root.keys.emplace(key.id(), key);
    root.roles[role.str()].keyids.push_back(key.id());
}

template <class Payload>
Bytes sign_first(const Payload& payload, const RoleName& role, const tuf::Root& root, KeyStore& keys) {
    auto bytes = tuf::sign_document(tuf::to_json(payload), role, root.role(role.str()), root.keys, keys.finder());
    if (!bytes) throw Error(Fault::NotFound, concat(role, ": its signing key is not in the key store"));
    return std::move(*bytes);
}

}  // namespace

tuf::KeyId Publisher::root_key(const std::string& wanted) {
    for (const KeyEntry& entry : keys_.list())
        if (entry.role == "root" && (wanted.empty() || entry.key_id == wanted)) {
            tell_(concat("Root key found, using: ", entry.key_id));
            return tuf::KeyId(entry.key_id);
        }
    if (!wanted.empty()) throw Error(Fault::NotFound, concat("root key ", wanted, ": not in the key store"));
    const auto made = tuf::PrivateKey::generate_ecdsa_p256();
    keys_.add(made, "root", "");
    return made.public_key().id();
}

void Publisher::init(const tuf::Gun& gun, const InitOptions& options) {
    const FolderLock lock(directory_.collection(gun));
    if (directory_.load(gun, tuf::root_role()))
        throw Error(Fault::FailedPrecondition,
                    concat(gun, ": is initialised already in ", directory_.collection(gun).string()));
    if (api_.current(tuf::root_role(), kMaxRootBytes))
        throw Error(Fault::FailedPrecondition,
                    concat(gun, ": the server has this collection already; nothing was changed"));

    // Whatever may fail comes before the first key is written.
    const tuf::PublicKey timestamp_key = api_.server_key(tuf::timestamp_role());
    const auto snapshot_key =
        options.server_holds_snapshot_key ? std::optional(api_.server_key(tuf::snapshot_role())) : std::nullopt;
    const Instant now = clock_.now();
    const tuf::PublisherLifetimes lifetimes;
    const tuf::PrivateKey* root_private = keys_.find(root_key(options.root_key_id));
    tuf::Root root;
    root.expires = now + lifetimes.root;
    const Bytes certificate = tuf::make_root_certificate(root_private->handle(), gun.str(), now);
    add_key(root, tuf::root_role(), {root_private->public_key().type_name() + "-x509", certificate});
    const auto make_key = [&](const RoleName& role) {
        const auto key = tuf::PrivateKey::generate_ecdsa_p256();
        keys_.add(key, role.str(), gun.str());
        add_key(root, role, key.public_key());
    };
    make_key(tuf::targets_role());
    if (snapshot_key)
        add_key(root, tuf::snapshot_role(), *snapshot_key);
    else
        make_key(tuf::snapshot_role());
    add_key(root, tuf::timestamp_role(), timestamp_key);

    tuf::Targets targets;
    targets.expires = now + lifetimes.targets;
    const Bytes root_bytes = sign_first(root, tuf::root_role(), root, keys_);
    const Bytes targets_bytes = sign_first(targets, tuf::targets_role(), root, keys_);
    if (!options.server_holds_snapshot_key) {
        tuf::Snapshot snapshot;
        snapshot.expires = now + lifetimes.snapshot;
        snapshot.meta = {{"root", tuf::describe_file(root_bytes)}, {"targets", tuf::describe_file(targets_bytes)}};
        directory_.save(gun, tuf::snapshot_role(), sign_first(snapshot, tuf::snapshot_role(), root, keys_));
    }
    // Root last: it is what says that the collection is initialised.
    directory_.save(gun, tuf::targets_role(), targets_bytes);
    directory_.save(gun, tuf::root_role(), root_bytes);
}

tuf::RepositoryEditor Publisher::edit_unpublished(const tuf::Gun& gun) {
    auto root = tuf::decode_root(tuf::parse_envelope(directory_.load(gun, tuf::root_role()).value()));
    tuf::Targets targets;
    targets.expires = clock_.now();
    if (auto bytes = directory_.load(gun, tuf::targets_role()))
        targets = tuf::decode_targets(tuf::parse_envelope(std::move(*bytes)), tuf::targets_role()).payload;
    std::optional<tuf::Snapshot> snapshot;
    if (auto bytes = directory_.load(gun, tuf::snapshot_role()))
        snapshot = tuf::decode_snapshot(tuf::parse_envelope(std::move(*bytes))).payload;
    return {gun, std::move(root), std::move(targets), std::move(snapshot)};
}

tuf::RepositoryEditor Publisher::start_editing(const tuf::Gun& gun) {
    if (api_.current(tuf::root_role(), kMaxRootBytes)) {
        auto trusted = updater_.refresh(gun);
        if (!trusted) throw Error(Fault::NotFound, concat("the server does not have trust data for ", gun));
        tuf::RepositoryEditor editor(*trusted);
        for (const auto& [role, file] : updater_.left_out()) editor.keep_untrusted(role, file.payload);
        return editor;
    }
    if (!directory_.load(gun, tuf::root_role())) init(gun, {});
    return edit_unpublished(gun);
}

void Publisher::publish_once(const tuf::Gun& gun, const std::vector<StagedChange>& staged) {
    auto editor = start_editing(gun);
    for (const StagedChange& each : staged) {
        if (!each.change)
            throw Error(Fault::Malformed,
                        concat(each.file.string(), ": is no staged change; remove it and publish again"));
        try {
            apply(*each.change, editor);
        } catch (const Error& e) {
            throw Error(e.fault(),
                        concat(e.what(), " (staged in ", each.file.string(), "; remove that file to drop the change)"));
        }
    }
    api_.publish(editor.sign(keys_.finder(), clock_.now()));
}

void Publisher::publish(const tuf::Gun& gun) {
    // A second publisher out of the same directory must not send the same changes. Who only reads may go on.
    const FolderLock lock(directory_.changelist(gun));
    const auto staged = Changelist(directory_.changelist(gun)).list();
    for (int attempt = 1;; ++attempt) {
        const auto start = std::chrono::steady_clock::now();
        try {
            publish_once(gun, staged);
            break;
        } catch (const Error& e) {
            if (e.fault() != Fault::Conflict || attempt == kPublishAttempts) throw;
            step_back(attempt, std::chrono::steady_clock::now() - start);
        }
    }
    Changelist::remove(staged);
}

}  // namespace sello::client
