#pragma once

#include "tuf/base/bytes.h"

namespace sello::tuf {

/// From OpenSSL's generator. Throws Error(Fault::Crypto) if it has no entropy.
[[nodiscard]] Bytes random_bytes(std::size_t count);

}  // namespace sello::tuf
