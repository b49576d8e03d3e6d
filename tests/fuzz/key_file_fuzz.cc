// Private keys as Notary's clients keep them; the passphrase is `passphrase`.
#include "client/keys/key_file.h"
#include "tests/fuzz/fuzz.h"
#include "tuf/crypto/verify.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello;  // NOLINT(google-build-using-namespace): the whole program
    const auto block = client::read_key_block({reinterpret_cast<const char*>(data), size});
    if (!block) return 0;
    (void)fuzz::accepts([&] {
        const auto key = client::decode_private_key(*block, Secret("passphrase"));
        const auto signature = key.sign("message");
        fuzz::must(tuf::verify(key.public_key(), signature.method, "message", signature.sig) == tuf::Verdict::Valid,
                   "a key that was read signs");
    });
    return 0;
}
