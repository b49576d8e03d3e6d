#include "client/tuf/repository_updater.h"

#include <algorithm>
#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/trust/integrity.h"

namespace sello::client {
namespace {

using tuf::RoleName;

// The bounds that clients have in common, so that no repository serves one of them and not the other.
constexpr int kMaxNewRoots = 256;
constexpr std::size_t kMaxTufRootBytes = 512'000;
constexpr std::size_t kMaxTimestampBytes = 16'384;
constexpr std::size_t kMaxSnapshotBytes = 2'000'000;
constexpr std::size_t kMaxTargetsBytes = 5'000'000;
/// Whatever is listed.
constexpr std::size_t kMaxListedBytes = std::size_t{64} << 20U;

Error missing(const std::string& file_name) { return {Fault::NotFound, concat("the repository has no ", file_name)}; }

/// `dir/name` to `dir/DIGEST.name`.
std::string with_digest(const std::string& target_path, const tuf::Hashes& hashes) {
    const std::size_t name = target_path.rfind('/') + 1;
    return concat(target_path.substr(0, name), to_hex(hashes.begin()->second), ".", target_path.substr(name));
}

tuf::ContentMatch match_of(const tuf::FoundTarget& found) {
    return {found.target.length, found.target.hashes, found.name, tuf::Dialect::Tuf};
}

bool holds(const std::filesystem::path& file, const tuf::FoundTarget& found) {
    std::error_code none;
    const bool may_be = std::filesystem::is_regular_file(file, none) &&
                        std::filesystem::file_size(file, none) == static_cast<std::uintmax_t>(found.target.length);
    if (!may_be || none) return false;
    try {
        auto match = match_of(found);
        const bool is_there = read_file(file, [&](ByteView piece) { match.add(piece); });
        match.require();
        return is_there;
    } catch (const Error&) {
        return false;
    }
}

/// Whether what is kept is of another repository: one whose root has no root key in common with this one.
bool keeps_another(const MetadataDirectory& directory, const tuf::Root& root) {
    try {
        auto kept = directory.load(tuf::root_role());
        if (!kept) return false;
        const auto before = tuf::decode_root(tuf::parse_envelope(std::move(*kept), tuf::Dialect::Tuf));
        const auto& ids = root.role("root").keyids;
        return std::none_of(ids.begin(), ids.end(), [&](const tuf::KeyId& id) {
            const auto& others = before.payload.role("root").keyids;
            return std::find(others.begin(), others.end(), id) != others.end();
        });
    } catch (const Error&) {
        return false;  // Whose it was cannot be told; nothing of it is trusted unless it verifies.
    }
}

}  // namespace

void init_repository(const MetadataDirectory& directory, Bytes trusted_root, Instant now) {
    tuf::TrustedMetadata trusted(now);
    trusted.trust_root(std::move(trusted_root));
    if (keeps_another(directory, trusted.root().payload)) directory.forget_all_but(tuf::root_role());
    directory.save(tuf::root_role(), trusted.root().bytes);
}

void RepositoryUpdater::refresh() {
    auto root = directory_.load(tuf::root_role());
    if (!root) throw Error(Fault::NotFound, "no root is trusted yet: give one with `sello tuf ... init TRUSTED_ROOT`");
    trusted_.trust_root(std::move(*root));
    update_root();
    update_timestamp();
    update_snapshot();
    (void)load_targets(tuf::targets_role(), tuf::root_role());
}

void RepositoryUpdater::update_root() {
    for (int i = 0; i < kMaxNewRoots; ++i) {
        const tuf::Version next = trusted_.root().payload.version.next();
        auto bytes = repository_.metadata(concat(next, ".root.json"), kMaxTufRootBytes);
        if (!bytes) break;
        // Before the root is kept: an interrupted run must not make a rotation pass unseen.
        if (trusted_.update_root(std::move(*bytes)))
            for (const RoleName* role : {&tuf::timestamp_role(), &tuf::snapshot_role()}) directory_.remove(*role);
        directory_.save(tuf::root_role(), trusted_.root().bytes);
    }
    trusted_.require_current_root();
}

std::optional<Bytes> RepositoryUpdater::load_cached(const RoleName& role) const {
    try {
        return directory_.load(role);
    } catch (const Error& e) {
        if (e.fault() != Fault::Storage) throw;
        return std::nullopt;  // It is fetched again, and takes the place of what cannot be read.
    }
}

void RepositoryUpdater::update_timestamp() {
    if (auto seen = load_cached(tuf::timestamp_role())) trusted_.remember_timestamp(std::move(*seen));
    if (auto seen = load_cached(tuf::snapshot_role())) trusted_.remember_snapshot(std::move(*seen));
    auto bytes = repository_.metadata("timestamp.json", kMaxTimestampBytes);
    if (!bytes) throw missing("timestamp.json");
    if (trusted_.update_timestamp(std::move(*bytes)))
        directory_.save(tuf::timestamp_role(), trusted_.timestamp().bytes);
}

void RepositoryUpdater::update_snapshot() {
    if (trusted_.adopt_remembered_snapshot()) return;
    trusted_.update_snapshot(
        fetch_listed(tuf::snapshot_role(), trusted_.timestamp().payload.snapshot, kMaxSnapshotBytes));
    directory_.save(tuf::snapshot_role(), trusted_.snapshot().bytes);
}

const tuf::Targets& RepositoryUpdater::load_targets(const RoleName& role, const RoleName& delegator) {
    if (const auto* file = trusted_.targets(role)) {
        trusted_.require_vouched(role, delegator);
        return file->payload;
    }
    const tuf::FileMeta& listed = trusted_.require_listed(role);
    if (auto cached = load_cached(role)) {
        try {
            trusted_.update_targets(role, delegator, std::move(*cached));
            return trusted_.targets(role)->payload;
        } catch (const Error&) {
            // Another version is listed now, or this one has ended.
        }
    }
    trusted_.update_targets(role, delegator, fetch_listed(role, listed, kMaxTargetsBytes));
    directory_.save(role, trusted_.targets(role)->bytes);
    return trusted_.targets(role)->payload;
}

Bytes RepositoryUpdater::fetch_listed(const RoleName& role, const tuf::FileMeta& listed, std::size_t unlisted_max) {
    const std::string prefix =
        trusted_.root().payload.consistent_snapshot ? concat(listed.version.value(), ".") : std::string();
    const std::string file_name = concat(prefix, encode_segment(role.str()), ".json");
    const std::size_t max_bytes =
        listed.length ? std::min(static_cast<std::size_t>(*listed.length), kMaxListedBytes) : unlisted_max;
    auto bytes = repository_.metadata(file_name, max_bytes);
    if (!bytes) throw missing(file_name);
    return std::move(*bytes);
}

tuf::FoundTarget RepositoryUpdater::find(const std::string& target_name) {
    auto found = tuf::search_target(
        target_name, [this](const RoleName& role, const RoleName& delegator) -> const auto& {
            return load_targets(role, delegator);
        });
    if (!found) throw Error(Fault::NotFound, concat("no target ", target_name, " in the repository"));
    return std::move(*found);
}

std::filesystem::path RepositoryUpdater::download(const tuf::FoundTarget& found, const std::filesystem::path& folder) {
    auto match = match_of(found);  // nothing is asked for that could not be checked
    std::filesystem::path file = folder / safe_file_name(found.name, "");
    if (holds(file, found)) return file;
    const std::string path =
        trusted_.root().payload.consistent_snapshot ? with_digest(found.name, found.target.hashes) : found.name;
    FileDraft draft(file, {}, FileMode::Shared);
    const bool is_there = repository_.target(path, static_cast<std::size_t>(found.target.length), [&](ByteView piece) {
        match.add(piece);
        draft.write(piece);
    });
    if (!is_there) throw missing(concat("target ", path));
    match.require();
    draft.commit();
    return file;
}

}  // namespace sello::client
