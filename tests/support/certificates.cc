#include "tests/support/certificates.h"

#include <openssl/pem.h>

#include <chrono>

#include "tests/support/certificate_factory.h"
#include "tests/support/temp_dir.h"
#include "tuf/base/clock.h"

namespace sello::test {

std::string make_certificate(const std::string& folder, const std::string& name) {
    const auto key = tuf::PrivateKey::generate_ecdsa_p256();
    CertificateSpec spec;
    spec.common_name = name;
    spec.begins = -std::chrono::minutes(1);
    spec.ends = std::chrono::hours(24);
    const tuf::openssl::Owned<BIO> pem(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(pem.get(), key.handle(), nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const long size = BIO_get_mem_data(pem.get(), &text);
    auto path = folder + "/" + name + ".pem";
    write_file(path, make_certificate(key, spec, SystemClock().now()) + Bytes(text, static_cast<std::size_t>(size)));
    return path;
}

}  // namespace sello::test
