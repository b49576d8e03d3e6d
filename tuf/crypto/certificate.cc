#include "tuf/crypto/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "tuf/base/error.h"
#include "tuf/crypto/random.h"

namespace sello::tuf {
namespace {

using openssl::Owned;

bool only_white_space(ByteView text) { return text.find_first_not_of(" \t\r\n") == ByteView::npos; }

/// One PEM block from the front of `text`, which is advanced past it; empty if there is none.
ByteView next_block(ByteView& text) {
    constexpr ByteView begin = "-----BEGIN CERTIFICATE-----";
    constexpr ByteView end = "-----END CERTIFICATE-----";
    const std::size_t start = text.find(begin);
    if (start == ByteView::npos || !only_white_space(text.substr(0, start))) return {};
    const std::size_t stop = text.find(end, start);
    if (stop == ByteView::npos) return {};
    const ByteView block = text.substr(start, stop + end.size() - start);
    text.remove_prefix(stop + end.size());
    return block;
}

Owned<X509> read_certificate(ByteView pem) {
    const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Owned<X509> certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
    if (!certificate) (void)openssl::take_error();
    return certificate;
}

bool is_ca(X509* certificate) { return X509_check_ca(certificate) == 1; }

std::int64_t seconds_of(const ASN1_TIME* time) {
    std::tm fields{};
    openssl::check(ASN1_TIME_to_tm(time, &fields) == 1, "read certificate time");
    return timegm(&fields);
}

void add_extension(X509* certificate, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    openssl::check(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "add certificate extension");
}

}  // namespace

std::optional<CertificateBundle> CertificateBundle::parse(ByteView pem) {
    CertificateBundle bundle;
    while (!only_white_space(pem)) {
        const ByteView block = next_block(pem);
        auto certificate = block.empty() ? nullptr : read_certificate(block);
        if (!certificate) return std::nullopt;
        bundle.certificates_.push_back(std::move(certificate));
    }
    if (bundle.certificates_.empty()) return std::nullopt;
    return bundle;
}

Bytes CertificateBundle::leaf_spki() const {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf()), &der);
    openssl::check(size > 0, "read public key of certificate");
    Bytes out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

bool CertificateBundle::has_single_leading_leaf() const {
    if (is_ca(leaf())) return false;
    for (std::size_t i = 1; i < certificates_.size(); ++i)
        if (!is_ca(certificates_[i].get())) return false;
    return true;
}

std::string CertificateBundle::leaf_common_name() const {
    X509_NAME* subject = X509_get_subject_name(leaf());
    const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (index < 0) return {};
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
    if (size < 0) {
        (void)openssl::take_error();
        return {};
    }
    std::string out(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return out;
}

bool CertificateBundle::leaf_is_strong() const {
    const int signature = X509_get_signature_nid(leaf());
    if (signature == NID_sha1WithRSAEncryption || signature == NID_ecdsa_with_SHA1 || signature == NID_dsaWithSHA1)
        return false;
    EVP_PKEY* key = X509_get0_pubkey(leaf());
    return key != nullptr && (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) >= 2048);
}

bool CertificateBundle::leaf_is_current(const Instant& now) const {
    constexpr std::int64_t day = 86400;
    return now.seconds <= seconds_of(X509_get0_notAfter(leaf())) &&
           seconds_of(X509_get0_notBefore(leaf())) <= now.seconds + day;
}

Bytes make_root_certificate(EVP_PKEY* key, const std::string& common_name, const Instant& now) {
    constexpr std::int64_t ten_years = std::int64_t{3650} * 86400;
    const Owned<X509> certificate(X509_new());
    const Bytes serial = random_bytes(16);
    const Owned<BIGNUM> number(BN_bin2bn(octets(serial), static_cast<int>(serial.size()), nullptr));

    X509_NAME* subject = X509_get_subject_name(certificate.get());
    const bool filled =
        X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
        BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr &&
        ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now.seconds) != nullptr &&
        ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now.seconds + ten_years) != nullptr &&
        // As an ASN.1 type, which has no bound; MBSTRING_UTF8 would end at the 64 characters of RFC 5280.
        X509_NAME_add_entry_by_NID(subject, NID_commonName, V_ASN1_UTF8STRING, octets(ByteView(common_name)),
                                   static_cast<int>(common_name.size()), -1, 0) == 1 &&
        X509_set_issuer_name(certificate.get(), subject) == 1 && X509_set_pubkey(certificate.get(), key) == 1;
    openssl::check(filled, "fill root certificate");
    add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature,keyEncipherment");
    add_extension(certificate.get(), NID_ext_key_usage, "codeSigning");
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    openssl::check(X509_sign(certificate.get(), key, EVP_sha256()) > 0, "sign root certificate");

    const Owned<BIO> out(BIO_new(BIO_s_mem()));
    openssl::check(PEM_write_bio_X509(out.get(), certificate.get()) == 1, "write root certificate");
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace sello::tuf
