#include "tuf/crypto/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "tuf/base/error.h"
#include "tuf/crypto/random.h"

namespace sello::tuf {
namespace {

using openssl::Owned;

using Certificates = std::vector<Owned<X509>>;

bool only_white_space(ByteView text) { return text.find_first_not_of(" \t\r\n") == ByteView::npos; }

enum class BetweenBlocks { WhiteSpace, AnyText };

/// One PEM block of type CERTIFICATE from the front of `text`, which is advanced past it; empty if something else
/// comes.
ByteView next_block(ByteView& text, BetweenBlocks between) {
    constexpr ByteView begin = "-----BEGIN CERTIFICATE-----";
    constexpr ByteView end = "-----END CERTIFICATE-----";
    const std::size_t start = text.find("-----BEGIN ");
    if (start == ByteView::npos || !text.substr(start).starts_with(begin)) return {};
    if (between == BetweenBlocks::WhiteSpace && !only_white_space(text.substr(0, start))) return {};
    const std::size_t stop = text.find(end, start);
    if (stop == ByteView::npos) return {};
    const ByteView block = text.substr(start, stop + end.size() - start);
    text.remove_prefix(stop + end.size());
    return block;
}

bool is_readable(const ASN1_TIME* time) {
    std::tm fields{};
    return ASN1_TIME_to_tm(time, &fields) == 1;
}

bool is_readable(X509* certificate) {
    return (X509_get_extension_flags(certificate) & EXFLAG_INVALID) == 0 &&
           is_readable(X509_get0_notBefore(certificate)) && is_readable(X509_get0_notAfter(certificate));
}

/// Null for what is no certificate, or one with an extension or a date that cannot be read.
Owned<X509> read_certificate(ByteView pem) {
    const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Owned<X509> certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, openssl::no_password, nullptr) : nullptr);
    if (certificate && !is_readable(certificate.get())) certificate.reset();
    if (!certificate) (void)openssl::take_error();
    return certificate;
}

/// What the certificate says of itself; key usage is not looked at, as in Go.
bool is_ca(X509* certificate) { return (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0; }

std::int64_t seconds_of(const ASN1_TIME* time) {
    std::tm fields{};
    openssl::check(ASN1_TIME_to_tm(time, &fields) == 1, "read certificate time");
    return timegm(&fields);
}

Instant begin_of(X509* certificate) { return {seconds_of(X509_get0_notBefore(certificate)), 0}; }
Instant end_of(X509* certificate) { return {seconds_of(X509_get0_notAfter(certificate)), 0}; }

bool is_strong(X509* certificate) {
    const int signature = X509_get_signature_nid(certificate);
    if (signature == NID_sha1WithRSAEncryption || signature == NID_sha1WithRSA || signature == NID_ecdsa_with_SHA1 ||
        signature == NID_dsaWithSHA1)
        return false;
    if (end_of(certificate) < begin_of(certificate)) return false;
    EVP_PKEY* key = X509_get0_pubkey(certificate);
    if (key == nullptr) (void)openssl::take_error();
    return key != nullptr && (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) >= 2048);
}

bool is_current(X509* certificate, const Instant& now) {
    return now <= end_of(certificate) && begin_of(certificate) <= now + std::chrono::hours(24);
}

bool admits_server_authentication(X509* certificate) {
    if ((X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) == 0) return true;
    return (X509_get_extended_key_usage(certificate) & (XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
}

/// A certificate of version 3 has to say so; those before could not.
bool may_issue(X509* certificate) {
    const std::uint32_t flags = X509_get_extension_flags(certificate);
    const bool is_silent = (flags & EXFLAG_BCONS) == 0 && X509_get_version(certificate) != X509_VERSION_3;
    return ((flags & EXFLAG_CA) != 0 || is_silent) && (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) != 0;
}

std::string name_of(X509* certificate) {
    std::array<char, 256> text{};
    X509_NAME_oneline(X509_get_subject_name(certificate), text.data(), static_cast<int>(text.size()));
    return text.data();
}

/// One that was built. The last is the authority, for which to issue is all that counts.
std::string flaw_of_chain(const STACK_OF(X509) * chain, const Instant& now) {
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        X509* each = sk_X509_value(chain, i);
        if (i > 0 && !may_issue(each)) return concat(name_of(each), " is no certificate authority");
        if (now < begin_of(each) || end_of(each) < now) return concat(name_of(each), " is not current");
        if (!admits_server_authentication(each))
            return concat("the extended key usage of ", name_of(each), " does not admit server authentication");
    }
    return {};
}

/// Why the first of `certificates` does not chain to the authority by way of the others; empty if it does. One
/// authority at a time, since two may bear one name.
std::string chain_flaw(X509* authority, const Certificates& certificates, const Instant& now) {
    const Owned<X509_STORE> store(X509_STORE_new());
    const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
    const Owned<STACK_OF(X509)> untrusted(sk_X509_new_null());
    bool ready = store && context && untrusted && X509_STORE_add_cert(store.get(), authority) == 1;
    for (std::size_t i = 1; i < certificates.size(); ++i)
        ready = ready && sk_X509_push(untrusted.get(), certificates[i].get()) > 0;
    ready = ready && X509_STORE_CTX_init(context.get(), store.get(), certificates.front().get(), untrusted.get()) == 1;
    openssl::check(ready, "prepare certificate chain");
    X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_auth_level(rules, 1);  // No SHA-1, no MD5.
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);

    if (X509_verify_cert(context.get()) == 1) return flaw_of_chain(X509_STORE_CTX_get0_chain(context.get()), now);
    (void)openssl::take_error();
    return concat(X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())), ", for the authority ",
                  name_of(authority));
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
        const ByteView block = next_block(pem, BetweenBlocks::WhiteSpace);
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
    int last = -1;
    for (int next = -1; (next = X509_NAME_get_index_by_NID(subject, NID_commonName, next)) >= 0;) last = next;
    if (last < 0) return {};
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
    if (size < 0) {
        (void)openssl::take_error();
        return {};
    }
    std::string out(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return out;
}

bool CertificateBundle::leaf_is_strong() const { return is_strong(leaf()); }
bool CertificateBundle::leaf_is_current(const Instant& now) const { return is_current(leaf(), now); }
Instant CertificateBundle::leaf_end() const { return end_of(leaf()); }

bool CertificateBundle::intermediates_are_sound(const Instant& now) const {
    return std::all_of(certificates_.begin() + 1, certificates_.end(), [&](const Owned<X509>& certificate) {
        return is_strong(certificate.get()) && is_current(certificate.get(), now);
    });
}

std::optional<AuthorityBundle> AuthorityBundle::parse(ByteView pem, const Instant& now) {
    AuthorityBundle bundle;
    bool any = false;
    while (pem.find("-----BEGIN ") != ByteView::npos) {
        const ByteView block = next_block(pem, BetweenBlocks::AnyText);
        auto certificate = block.empty() ? nullptr : read_certificate(block);
        if (!certificate) return std::nullopt;
        any = true;
        if (is_strong(certificate.get()) && is_current(certificate.get(), now))
            bundle.certificates_.push_back(std::move(certificate));
    }
    if (!any) return std::nullopt;
    return bundle;
}

std::string AuthorityBundle::refusal(const CertificateBundle& bundle, const Instant& now) const {
    std::string reason;
    for (const auto& authority : certificates_) {
        reason = chain_flaw(authority.get(), bundle.certificates_, now);
        if (reason.empty()) break;
    }
    return reason;
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
