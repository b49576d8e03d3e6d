// The rules for an upload, against what a server has stored. The first bytes choose that and which files come; then
// operations bend the upload.
#include <memory>

#include "tests/fuzz/scene.h"
#include "tuf/trust/validate_update.h"

namespace sello::fuzz {
namespace {

using tuf::RoleName;

/// A publication as a server has it stored; empty before the first.
tuf::StoredState stored_state(const Files& files) {
    tuf::StoredState stored;
    if (files.empty()) return stored;
    const auto parse = [&](const std::string& role) { return tuf::parse_envelope(files.at(role)); };
    stored.root = std::make_shared<tuf::Signed<tuf::Root>>(tuf::decode_root(parse("root")));
    stored.snapshot = std::make_shared<tuf::Signed<tuf::Snapshot>>(tuf::decode_snapshot(parse("snapshot")));
    stored.timestamp = std::make_shared<tuf::Signed<tuf::Timestamp>>(tuf::decode_timestamp(parse("timestamp")));
    std::map<RoleName, std::shared_ptr<const tuf::Signed<tuf::Targets>>> targets;
    for (const auto& [name, bytes] : files)
        if (const RoleName role(name); tuf::is_targets_like(role))
            targets[role] = std::make_shared<tuf::Signed<tuf::Targets>>(tuf::decode_targets(parse(name), role));
    stored.targets = [targets](const RoleName& role) {
        const auto file = targets.find(role);
        return file == targets.end() ? nullptr : file->second;
    };
    return stored;
}

const tuf::StoredState& stored_publication(std::size_t number) {
    static const auto states = [] {
        std::vector<tuf::StoredState> out{stored_state({})};
        for (const Files& files : History::notary().publications) out.push_back(stored_state(files));
        return out;
    }();
    return states[number];
}

void check(const Scene& scene, const tuf::StoredState& stored, const tuf::ValidatedUpdate& update,
           const Files& offered) {
    const auto now = History::notary().now;
    const tuf::Root& root = update.root->payload;
    if (update.root_is_new) {
        must(update.root->bytes == offered.at("root"), "the bytes that came are kept");
        must(scene.is_signed(update.root->message, root.role("root"), root.keys), "a root is signed by its own keys");
        must(root.expires > now, "no expired root is accepted");
    } else {
        must(update.root == stored.root, "without a root the stored one stays");
    }
    if (update.root_is_new && stored.root) {
        const tuf::Root& before = stored.root->payload;
        must(scene.is_signed(update.root->message, before.role("root"), before.keys),
             "a root is signed by a threshold of the keys before it");
        const auto step = root.version.number() - before.version.number();
        must(step == 0 || step == 1, "a root's version goes up by one at most");
    }
    for (const auto& [role, file] : update.targets) {
        must(file->bytes == offered.at(role.str()), "the bytes that came are kept");
        must(file->payload.expires > now, "no expired targets are accepted");
        if (const auto above = tuf::parent(role)) {
            const auto uploaded = update.targets.find(*above);
            const auto& delegator = uploaded != update.targets.end() ? *uploaded->second : *update.ancestors.at(*above);
            must(scene.is_signed(file->message, delegator.payload.delegation(role)->keys,
                                 delegator.payload.delegations.keys),
                 "a delegation is signed by the keys that its delegator lists");
        } else {
            must(scene.is_signed(file->message, root.role("targets"), root.keys), "targets are signed by their keys");
        }
    }
    if (!update.snapshot) return;
    must(scene.is_signed(update.snapshot->message, root.role("snapshot"), root.keys), "a snapshot is signed");
    must(update.snapshot->payload.expires > now, "no expired snapshot is accepted");
    // Root and targets by SHA-256, as clients ask for them; delegations by any digest that is known.
    const auto lists = [&](const std::string& role, sello::ByteView bytes) {
        const auto& listed = update.snapshot->payload.meta.at(role).hashes;
        int matches = 0;
        for (const auto& [algorithm, digest] : tuf::describe_file(bytes).hashes)
            if (const auto given = listed.find(algorithm); given != listed.end()) {
                must(given->second == digest, "a snapshot lists what it came with");
                ++matches;
            }
        must(matches != 0, "a snapshot lists a digest of each file");
    };
    for (const auto& [role, file] : update.targets) lists(role.str(), file->bytes);
    lists("root", update.root->bytes);
}

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello::fuzz;  // NOLINT(google-build-using-namespace): the whole program
    constexpr int most_operations = 12;
    const auto& history = History::notary();
    Input input(data, size);
    const auto& stored = stored_publication(input.choice(history.publications.size() + 1));
    Scene scene(history, input.choice(history.publications.size()));
    const unsigned left_out = input.byte();
    for (int i = 0; i < most_operations && !input.empty(); ++i) {
        if (input.choice(4) == 0)
            scene.relist(input);
        else
            scene.mutate(input);
    }
    std::vector<sello::tuf::UploadedFile> upload;
    for (std::size_t i = 0; i < history.roles.size(); ++i)
        if (const auto file = scene.files.find(history.roles[i].first);
            file != scene.files.end() && (left_out >> i & 1U) == 0)
            upload.push_back({sello::tuf::RoleName(file->first), file->second});
    (void)accepts([&] {
        const auto update = sello::tuf::validate_update(sello::tuf::Gun("example/app"), stored,
                                                        sello::tuf::parse_upload(std::move(upload)), history.now);
        check(scene, stored, update, scene.files);
    });
    return 0;
}
