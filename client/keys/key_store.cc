#include "client/keys/key_store.h"

#include <algorithm>
#include <utility>

#include "client/files.h"
#include "client/keys/key_file.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

bool is_key_id(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string header(const KeyBlock& block, const std::string& name) {
    const auto it = block.headers.find(name);
    return it == block.headers.end() ? std::string() : it->second;
}

/// A key's file: its entry as far as the path tells it.
struct KeyPath {
    std::filesystem::path path;
    KeyEntry entry;
};

/// `ID.key`, or `ID_ROLE.key` as it was before 0.4. nullopt for any other file.
std::optional<KeyPath> key_path(const std::filesystem::directory_entry& file, const std::string& role,
                                const std::string& gun) {
    if (!file.is_regular_file() || file.is_symlink() || file.path().extension() != ".key") return std::nullopt;
    const std::string stem = file.path().stem();
    const std::size_t underscore = stem.find('_');
    if (!is_key_id(stem.substr(0, underscore))) return std::nullopt;
    const bool has_role = underscore != std::string::npos;
    return KeyPath{file.path(), {stem.substr(0, underscore), has_role ? stem.substr(underscore + 1) : role, gun}};
}

/// Keys of today first.
std::vector<KeyPath> key_paths(const std::filesystem::path& folder) {
    std::vector<KeyPath> out;
    const auto add = [&](std::optional<KeyPath> found) {
        if (found) out.push_back(std::move(*found));
    };
    std::error_code none;
    for (const auto& file : std::filesystem::directory_iterator(folder, none)) add(key_path(file, "", ""));
    using Recursive = std::filesystem::recursive_directory_iterator;
    for (const auto& file : Recursive(folder / "root_keys", none)) add(key_path(file, "root", ""));
    const auto by_gun = folder / "tuf_keys";
    for (const auto& file : Recursive(by_gun, none))
        add(key_path(file, "", file.path().parent_path().lexically_relative(by_gun)));
    return out;
}

/// Where the key is; nullopt if the store has none of this id.
std::optional<KeyPath> locate(const std::filesystem::path& folder, const std::string& key_id) {
    std::error_code none;
    const std::filesystem::path today = folder / (key_id + ".key");
    if (std::filesystem::exists(today, none)) return KeyPath{today, {key_id, "", ""}};
    for (KeyPath& found : key_paths(folder))
        if (found.entry.key_id == key_id) return std::move(found);
    return std::nullopt;
}

bool belongs_to_a_gun(const std::string& role) {
    return role == "targets" || role == "snapshot" || role == "timestamp";
}

}  // namespace

std::vector<KeyEntry> KeyStore::list() const {
    std::vector<KeyEntry> out;
    for (const KeyPath& found : key_paths(folder_)) {
        const auto content = read_file(found.path);
        const auto block = content ? read_key_block(*content) : std::nullopt;
        const bool is_listed = std::any_of(out.begin(), out.end(),
                                           [&](const KeyEntry& each) { return each.key_id == found.entry.key_id; });
        if (!block || is_listed) continue;
        KeyEntry entry = found.entry;
        if (block->headers.contains("role")) entry.role = header(*block, "role");
        if (block->headers.contains("gun")) entry.gun = header(*block, "gun");
        if (!belongs_to_a_gun(entry.role)) entry.gun.clear();
        out.push_back(std::move(entry));
    }
    std::sort(out.begin(), out.end(), [](const KeyEntry& a, const KeyEntry& b) { return a.key_id < b.key_id; });
    return out;
}

void KeyStore::add(const tuf::PrivateKey& key, const std::string& role, const std::string& gun) {
    const std::string id = key.public_key().id().str();
    std::map<std::string, std::string> headers{{"role", role}};
    if (belongs_to_a_gun(role)) headers.emplace("gun", gun);
    replace_file(file_of(id), encrypt_private_key(key, passphrases_.created(role, id), headers));
}

const tuf::PrivateKey* KeyStore::find(const tuf::KeyId& canonical_id) {
    if (const auto open = open_.find(canonical_id); open != open_.end()) return &open->second;
    if (!is_key_id(canonical_id.str())) return nullptr;
    const auto found = locate(folder_, canonical_id.str());
    const auto content = found ? read_file(found->path) : std::nullopt;
    if (!content) return nullptr;
    const auto block = read_key_block(*content);
    if (!block) throw Error(Fault::DataLoss, concat(found->path.string(), ": holds no private key"));
    const std::string role = block->headers.contains("role") ? header(*block, "role") : found->entry.role;
    for (int attempt = 0;; ++attempt) {
        Secret passphrase;
        if (is_encrypted(*block)) passphrase = passphrases_.existing(role, canonical_id.str(), attempt);
        try {
            auto key = decode_private_key(*block, passphrase);
            if (key.public_key().id() != canonical_id)
                throw Error(Fault::DataLoss, concat(found->path.string(), ": holds key ", key.public_key().id()));
            return &open_.emplace(canonical_id, std::move(key)).first->second;
        } catch (const Error& e) {
            if (e.fault() != Fault::Unauthorized) throw;
        }
    }
}

tuf::PrivateKeyFinder KeyStore::finder() {
    return [this](const tuf::RoleName&, const tuf::PublicKey& key, ByteView message) -> std::optional<tuf::Signature> {
        const tuf::PrivateKey* held = find(key.canonical_id());
        if (held == nullptr) return std::nullopt;
        return held->sign(message, key.id());
    };
}

}  // namespace sello::client
