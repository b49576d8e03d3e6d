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

}  // namespace

std::vector<KeyEntry> KeyStore::list() const {
    std::vector<KeyEntry> out;
    std::error_code none;
    for (const auto& file : std::filesystem::directory_iterator(folder_, none)) {
        if (!file.is_regular_file() || file.is_symlink() || file.path().extension() != ".key") continue;
        const auto content = read_file(file.path());
        const auto block = content ? read_key_block(*content) : std::nullopt;
        if (!block || !is_key_id(file.path().stem())) continue;
        out.push_back({file.path().stem(), header(*block, "role"), header(*block, "gun")});
    }
    std::sort(out.begin(), out.end(), [](const KeyEntry& a, const KeyEntry& b) { return a.key_id < b.key_id; });
    return out;
}

void KeyStore::add(const tuf::PrivateKey& key, const std::string& role, const std::string& gun) {
    const std::string id = key.public_key().id().str();
    std::map<std::string, std::string> headers{{"role", role}};
    if (role == "targets" || role == "snapshot" || role == "timestamp") headers.emplace("gun", gun);
    replace_file(file_of(id), encrypt_private_key(key, passphrases_.created(role, id), headers));
}

const tuf::PrivateKey* KeyStore::find(const tuf::KeyId& canonical_id) {
    if (const auto open = open_.find(canonical_id); open != open_.end()) return &open->second;
    if (!is_key_id(canonical_id.str())) return nullptr;
    const auto content = read_file(file_of(canonical_id.str()));
    if (!content) return nullptr;
    const auto block = read_key_block(*content);
    if (!block) throw Error(Fault::DataLoss, concat(file_of(canonical_id.str()).string(), ": holds no private key"));
    for (int attempt = 0;; ++attempt) {
        Secret passphrase;
        if (is_encrypted(*block))
            passphrase = passphrases_.existing(header(*block, "role"), canonical_id.str(), attempt);
        try {
            auto key = decode_private_key(*block, passphrase);
            if (key.public_key().id() != canonical_id)
                throw Error(Fault::DataLoss,
                            concat(file_of(canonical_id.str()).string(), ": holds key ", key.public_key().id()));
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
