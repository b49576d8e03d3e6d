#pragma once

namespace sello::schemas {

/// gRPC metadata that go with proto.Signer/Sign, so that sello-signer can hold a key to its GUN and role. Notary's
/// server sends neither and Notary's signer ignores them. Binary, since a GUN may hold any text.
inline constexpr const char* kGunMetadata = "sello-gun-bin";
inline constexpr const char* kRoleMetadata = "sello-role-bin";

}  // namespace sello::schemas
