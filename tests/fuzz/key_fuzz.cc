// Public keys, certificates and signatures: type name and method (or TUF 1.0's scheme, after a `!`) each on a line, two
// bytes of length and the key, two bytes of length and the signature, and the message.
#include "tests/fuzz/fuzz.h"
#include "tuf/base/instant.h"
#include "tuf/crypto/certificate.h"
#include "tuf/crypto/verify.h"
#include "tuf/metadata/codec.h"

namespace sello::fuzz {
namespace {

void check_certificates(const tuf::PublicKey& key) {
    const tuf::CertificateBundle* bundle = key.certificates();
    if (bundle == nullptr) return;
    must(tuf::is_certificate(key.type()), "only keys of type *-x509 are certificates");
    (void)bundle->has_single_leading_leaf();
    (void)bundle->leaf_common_name();
    (void)bundle->leaf_is_strong();
    (void)bundle->leaf_is_current(Instant{1'800'000'000, 0});
    (void)bundle->leaf_spki();
}

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello;  // NOLINT(google-build-using-namespace): the whole program
    fuzz::Input input(data, size);
    const std::string type_name = input.line();
    const std::string method = input.line();
    const Bytes bytes = input.take(input.number());
    const Bytes signature = input.take(input.number());
    const Bytes message = input.rest();

    // No key is refused: one that cannot be decoded just verifies nothing.
    try {
        const bool is_tuf = method.starts_with('!');
        const auto key = is_tuf ? tuf::PublicKey(tuf::KeyId("id"), type_name, method.substr(1), bytes)
                                : tuf::PublicKey(type_name, bytes);
        fuzz::check_certificates(key);
        const auto verdict = tuf::verify(key, method, message, signature);
        fuzz::must(key.material().has_value() == (key.handle() != nullptr), "a key that can be decoded has material");
        if (verdict == tuf::Verdict::Valid) {
            fuzz::must(key.handle() != nullptr, "only a key that can be decoded verifies");
            fuzz::must(tuf::verify(key, method, message + "x", signature) != tuf::Verdict::Valid,
                       "a signature fits one message");
        }
        if (key.certificates() == nullptr) return 0;
        fuzz::must(key.canonical_id() != key.id(), "the id of a certificate is not that of its key");
    } catch (const Error&) {
        fuzz::must(false, "a key is answered with a verdict, whatever it is");
    }
    return 0;
}
