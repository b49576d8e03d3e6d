#include "tuf/crypto/random.h"

#include <openssl/rand.h>

#include "tuf/crypto/openssl.h"

namespace sello::tuf {

Bytes random_bytes(std::size_t count) {
    Bytes out(count, '\0');
    openssl::check(RAND_bytes(octets(out), static_cast<int>(count)) == 1, "random bytes");
    return out;
}

}  // namespace sello::tuf
