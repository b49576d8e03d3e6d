#include "client/trust_directory.h"

#include "client/files.h"

namespace sello::client {

std::optional<Bytes> TrustDirectory::load(const tuf::Gun& gun, const tuf::RoleName& role) const {
    return read_file(file(gun, role));
}

void TrustDirectory::save(const tuf::Gun& gun, const tuf::RoleName& role, ByteView bytes) const {
    if (load(gun, role) != Bytes(bytes)) replace_file(file(gun, role), bytes);
}

}  // namespace sello::client
