#include "tests/support/certificate_factory.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace sello::test {
namespace {

using tuf::openssl::Owned;

void add_extension(X509* certificate, int nid, const std::string& value) {
    if (value.empty()) return;
    const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
    tuf::openssl::check(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "add extension");
}

void add_common_name(X509_NAME* name, const std::string& text) {
    if (!text.empty())
        X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, octets(ByteView(text)),
                                   static_cast<int>(text.size()), -1, 0);
}

}  // namespace

tuf::PrivateKey generate_rsa(unsigned bits) { return tuf::PrivateKey(Owned<EVP_PKEY>(EVP_RSA_gen(bits))); }

Bytes make_certificate(const tuf::PrivateKey& key, const CertificateSpec& spec, const Instant& now) {
    static long serial = 0;
    const Owned<X509> certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now.seconds + spec.begins.count());
    ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now.seconds + spec.ends.count());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    add_common_name(subject, spec.first_common_name);
    add_common_name(subject, spec.common_name);
    if (spec.issuer == nullptr)
        X509_set_issuer_name(certificate.get(), subject);
    else
        add_common_name(X509_get_issuer_name(certificate.get()), spec.issuer->name);
    X509_set_pubkey(certificate.get(), key.handle());
    if (spec.is_ca) add_extension(certificate.get(), NID_basic_constraints, *spec.is_ca ? "CA:TRUE" : "CA:FALSE");
    add_extension(certificate.get(), NID_key_usage, spec.key_usage);
    add_extension(certificate.get(), NID_ext_key_usage, spec.extended_key_usage);
    EVP_PKEY* signer = spec.issuer == nullptr ? key.handle() : spec.issuer->key.handle();
    tuf::openssl::check(X509_sign(certificate.get(), signer, EVP_get_digestbyname(spec.digest.c_str())) > 0,
                        "sign certificate");

    const Owned<BIO> out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), certificate.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

Authority::Authority(const CertificateSpec& spec, const Instant& now)
    : name(spec.common_name),
      key(tuf::PrivateKey::generate_ecdsa_p256()),
      certificate(make_certificate(key, spec, now)) {}

}  // namespace sello::test
