#pragma once

#include <filesystem>
#include <optional>

#include "tuf/base/bytes.h"
#include "tuf/names/gun.h"
#include "tuf/names/role_name.h"

namespace sello::client {

/// The folder that `notary`, `docker` and `sello` share: `private/` with keys, and `tuf/GUN/` with what was last
/// trusted (`metadata/`) and what is staged (`changelist/`).
class TrustDirectory {
public:
    explicit TrustDirectory(std::filesystem::path base) : base_(std::move(base)) {}

    [[nodiscard]] std::filesystem::path keys() const { return base_ / "private"; }
    [[nodiscard]] std::filesystem::path collection(const tuf::Gun& gun) const { return base_ / "tuf" / gun.str(); }
    [[nodiscard]] std::filesystem::path changelist(const tuf::Gun& gun) const { return collection(gun) / "changelist"; }

    /// The bytes last trusted for a role; nullopt if there are none.
    [[nodiscard]] std::optional<Bytes> load(const tuf::Gun& gun, const tuf::RoleName& role) const;
    /// Replaces them in one step. Nothing is written where they are the same already.
    void save(const tuf::Gun& gun, const tuf::RoleName& role, ByteView bytes) const;

private:
    [[nodiscard]] std::filesystem::path file(const tuf::Gun& gun, const tuf::RoleName& role) const {
        return collection(gun) / "metadata" / (tuf::notary_role(role.str()).str() + ".json");
    }
    std::filesystem::path base_;
};

}  // namespace sello::client
