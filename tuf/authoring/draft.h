#pragma once

#include <vector>

#include "tuf/metadata/codec.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {

/// A document that collects signatures, in either dialect: of m keys out of n, held by different people, who each get
/// message() or the whole draft and send back a signature.
class Draft {
public:
    /// Nobody has signed yet. `signed_part` as the codec of the dialect writes it.
    Draft(Dialect dialect, RoleName role, Json signed_part);
    /// One that others have begun. What it has beside `signed` is kept. Throws Error(Fault::Malformed, WrongType, ...).
    [[nodiscard]] static Draft parse(const Bytes& bytes, Dialect dialect, const RoleName& role);

    [[nodiscard]] const RoleName& role() const noexcept { return role_; }
    /// The very bytes that each key signs.
    [[nodiscard]] const Bytes& message() const noexcept { return message_; }
    [[nodiscard]] const std::vector<Signature>& signatures() const noexcept { return signatures_; }

    /// Takes a signature that was made elsewhere, in place of one by the same key. Throws Refusal, and takes nothing,
    /// if it is not by a key of the role, is of a key that has signed under another id, or does not verify.
    void add(Signature signature, const RoleKeys& role_keys, const Keys& keys);
    /// Takes out every signature that counts for none of these roles: what earlier keys, or earlier content, left.
    void drop_useless(const std::vector<std::pair<const RoleKeys*, const Keys*>>& roles);

    /// Who has signed, who has not, and which signature is bad and why: an entry for each signature and each missing
    /// key.
    [[nodiscard]] SignatureTally report(const RoleKeys& role_keys, const Keys& keys) const;
    /// The file with the signatures that there are.
    [[nodiscard]] Bytes bytes() const;

private:
    Dialect dialect_;
    RoleName role_;
    Json signed_part_;
    Json rest_ = Json::object();     ///< members beside `signed` and `signatures`: TUF 1.0
    std::map<KeyId, Json> written_;  ///< members of signatures beside `keyid` and `sig`: TUF 1.0
    Bytes message_;
    std::vector<Signature> signatures_;
};

}  // namespace sello::tuf
