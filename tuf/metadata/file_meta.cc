#include "tuf/metadata/file_meta.h"

#include "tuf/crypto/digest.h"

namespace sello::tuf {

FileMeta describe_file(ByteView bytes) {
    return {
        static_cast<std::int64_t>(bytes.size()), {{"sha256", sha256(bytes)}, {"sha512", sha512(bytes)}}, std::nullopt};
}

}  // namespace sello::tuf
