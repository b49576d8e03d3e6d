#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/certificate.h"
#include "tuf/crypto/digest.h"
#include "tuf/crypto/ecdsa.h"
#include "tuf/crypto/private_key.h"
#include "tuf/crypto/verify.h"

namespace sello::tuf {
namespace {

PrivateKey generated(const char* type, const char* curve_or_null, std::size_t bits = 0) {
    EVP_PKEY* key = bits != 0 ? EVP_PKEY_Q_keygen(nullptr, nullptr, type, bits)
                              : EVP_PKEY_Q_keygen(nullptr, nullptr, type, curve_or_null);
    return PrivateKey(openssl::Owned<EVP_PKEY>(key));
}

/// Standard input becomes a pipe that holds a passphrase, for as long as this lives.
class PassphraseOnStandardInput {
public:
    PassphraseOnStandardInput() : before_(dup(STDIN_FILENO)) {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0 || write(ends[1], kPassphrase.data(), kPassphrase.size()) < 0) std::abort();
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
    }
    ~PassphraseOnStandardInput() {
        dup2(before_, STDIN_FILENO);
        close(before_);
    }
    PassphraseOnStandardInput(const PassphraseOnStandardInput&) = delete;
    PassphraseOnStandardInput& operator=(const PassphraseOnStandardInput&) = delete;

    [[nodiscard]] static bool is_unread() {
        int waiting = 0;
        return ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting == static_cast<int>(kPassphrase.size());
    }

private:
    static constexpr std::string_view kPassphrase = "passphrase\n";
    int before_;
};

/// The PEM block with the headers of one that is encrypted.
Bytes said_to_be_encrypted(Bytes pem) {
    return pem.insert(pem.find('\n') + 1,
                      "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,000102030405060708090A0B0C0D0E0F\n\n");
}

/// A certificate with this text for its last date.
Bytes certificate_that_ends(const std::string& end) {
    const auto key = PrivateKey::generate_ecdsa_p256();
    const Bytes pem = make_root_certificate(key.handle(), "a", {1'800'000'000, 0});
    const openssl::Owned<BIO> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const openssl::Owned<X509> certificate(PEM_read_bio_X509(in.get(), nullptr, openssl::no_password, nullptr));
    ASN1_STRING_set(X509_getm_notAfter(certificate.get()), end.data(), static_cast<int>(end.size()));
    X509_sign(certificate.get(), key.handle(), EVP_sha256());
    const openssl::Owned<BIO> out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), certificate.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

TEST(DigestTest, HashesTheVectorsOfFips180) {
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(digest(HashAlgorithm::Sha384, "abc")),
              "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
    EXPECT_EQ(to_hex(sha512("abc")).substr(0, 32), "ddaf35a193617abacc417349ae204131");
    for (const auto algorithm : {HashAlgorithm::Sha256, HashAlgorithm::Sha512})
        EXPECT_EQ(hash_algorithm(name(algorithm)), algorithm);
    for (const char* unknown : {"", "sha1", "SHA256", "sha3-256"}) EXPECT_EQ(hash_algorithm(unknown), std::nullopt);
    EXPECT_EQ(name(HashAlgorithm::Sha384), "sha384");
}

TEST(OpensslTest, AFaultCarriesTheLibrarysReason) {
    EXPECT_NO_THROW(openssl::check(true, "do nothing"));
    const unsigned char junk[] = {0x30, 0x01};
    const unsigned char* cursor = junk;
    const openssl::Owned<X509> certificate(d2i_X509(nullptr, &cursor, sizeof junk));
    try {
        openssl::check(certificate != nullptr, "read certificate");
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::Crypto);
        EXPECT_TRUE(std::string(e.what()).starts_with("read certificate: ")) << e.what();
    }
}

TEST(PublicKeyTest, ComputesNotarysKeyIds) {
    // Known answers of tuf-1.0.md section 16 and notary-client.md section 10 B.
    const PublicKey ed25519("ed25519", *from_hex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"));
    const PublicKey ecdsa("ecdsa",
                          *from_base64("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEI+5tWImglMhchBI67XRNVxlMg0npIVAQ5Grq"
                                       "oSS73knzr8cYcvploIiOKsBGG/9q2FgQI4DJWBuErFKLwO4BKg=="));

    EXPECT_EQ(ed25519.id().str(), "b9fe8d4b54e73abb584e2015aaa447047e53282f491dcc70c40d2474d3096a21");
    EXPECT_EQ(ed25519.canonical_id(), ed25519.id());
    EXPECT_NE(ecdsa.id().str(), "");
}

TEST(PublicKeyTest, KeepsKeysItCannotDecode) {
    for (const auto& [type, bytes] :
         {std::pair{"ecdsa", "junk"}, {"ecdsa-x509", "junk"}, {"ed25519", "short"}, {"future", "x"}}) {
        const PublicKey key(type, bytes);
        EXPECT_EQ(key.handle(), nullptr) << type;
        EXPECT_EQ(key.material(), std::nullopt) << type;
        EXPECT_EQ(key.id().str().size(), 64U) << type;
    }
}

TEST(PublicKeyTest, KnowsOneKeyInEveryEncoding) {
    const auto key = PrivateKey::generate_ecdsa_p256();
    const PublicKey certificate("ecdsa-x509", make_root_certificate(key.handle(), "x", {1'800'000'000, 0}));
    ASSERT_EQ(EVP_PKEY_set_utf8_string_param(key.handle(), "point-format", "compressed"), 1);
    const PublicKey compressed("ecdsa", to_spki(key.handle()));

    EXPECT_NE(compressed.id(), key.public_key().id());
    EXPECT_EQ(compressed.material(), key.public_key().material());
    EXPECT_EQ(certificate.material(), key.public_key().material());
    EXPECT_EQ(certificate.canonical_id(), key.public_key().id());
}

TEST(PublicKeyTest, RefusesAPointThatIsNotOnItsCurve) {
    Bytes spki = PrivateKey::generate_ecdsa_p256().public_key().bytes();
    spki.back() = static_cast<char>(spki.back() ^ 1);
    EXPECT_EQ(PublicKey("ecdsa", spki).handle(), nullptr);
}

TEST(PublicKeyTest, ThePointAtInfinityIsNoKey) {
    const Bytes spki = *from_hex("3019301306072a8648ce3d020106082a8648ce3d03010703020000");
    const unsigned char* cursor = octets(std::as_const(spki));
    const openssl::Owned<EVP_PKEY> decoded(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(spki.size())));
    ASSERT_NE(decoded, nullptr) << "OpenSSL takes it for one";
    const Bytes pem = concat("-----BEGIN PUBLIC KEY-----\n", to_base64(spki), "\n-----END PUBLIC KEY-----\n");

    for (const PublicKey& key :
         {PublicKey("ecdsa", spki), PublicKey(KeyId("id"), "ecdsa", "ecdsa-sha2-nistp256", pem)}) {
        EXPECT_EQ(key.handle(), nullptr);
        EXPECT_EQ(key.material(), std::nullopt);
        EXPECT_EQ(verify(key, "ecdsa", "message", Bytes(64, 'x')), Verdict::KeyUndecodable);
    }
}

TEST(PublicKeyTest, AsksNobodyForThePassphraseOfAnEncryptedBlock) {
    const auto key = PrivateKey::generate_ecdsa_p256();
    const Bytes certificate = make_root_certificate(key.handle(), "a", {1'800'000'000, 0});
    const Bytes pem =
        concat("-----BEGIN PUBLIC KEY-----\n", to_base64(key.public_key().bytes()), "\n-----END PUBLIC KEY-----\n");
    const Instant now{1'800'000'000, 0};
    ASSERT_NE(PublicKey(KeyId("id"), "ecdsa", "ecdsa-sha2-nistp256", pem).handle(), nullptr);
    const PassphraseOnStandardInput input;

    EXPECT_EQ(PublicKey(KeyId("id"), "ecdsa", "ecdsa-sha2-nistp256", said_to_be_encrypted(pem)).handle(), nullptr);
    EXPECT_EQ(PublicKey(KeyId("id"), "rsa", "rsassa-pss-sha256", said_to_be_encrypted(pem)).handle(), nullptr);
    EXPECT_EQ(PublicKey("ecdsa-x509", said_to_be_encrypted(certificate)).handle(), nullptr);
    EXPECT_FALSE(AuthorityBundle::parse(said_to_be_encrypted(certificate), now));
    EXPECT_TRUE(input.is_unread());
}

TEST(PublicKeyTest, RefusesAKeyOfAnotherTypeThanItsName) {
    const auto rsa = generated("RSA", nullptr, 2048);
    EXPECT_EQ(PublicKey("ecdsa", rsa.public_key().bytes()).handle(), nullptr);
}

TEST(SignatureTest, EveryAlgorithmOfNotaryVerifies) {
    for (const PrivateKey& key : {PrivateKey::generate_ecdsa_p256(), generated("EC", "P-384"), generated("EC", "P-521"),
                                  generated("RSA", nullptr, 2048), PrivateKey::generate_ed25519()}) {
        const Signature signature = key.sign("message");
        EXPECT_EQ(verify(key.public_key(), signature.method, "message", signature.sig), Verdict::Valid)
            << signature.method;
        EXPECT_EQ(verify(key.public_key(), signature.method, "massage", signature.sig), Verdict::Invalid);
        EXPECT_EQ(verify(key.public_key(), signature.method, "message", signature.sig + "x"), Verdict::LengthWrong);
    }
}

TEST(SignatureTest, RefusesAMethodThatDoesNotFitTheKey) {
    const auto ecdsa = PrivateKey::generate_ecdsa_p256();
    const Signature signature = ecdsa.sign("message");
    for (const char* method : {"eddsa", "rsapss", "rsapkcs1v15", "none", "", "hs256"})
        EXPECT_EQ(verify(ecdsa.public_key(), method, "message", signature.sig), Verdict::MethodUnfit) << method;
    EXPECT_EQ(verify(ecdsa.public_key(), "ECDSA", "message", signature.sig), Verdict::Valid);
}

TEST(SignatureTest, RefusesShortRsaKeysAndDerSignatures) {
    const auto rsa = generated("RSA", nullptr, 1024);
    const auto ecdsa = PrivateKey::generate_ecdsa_p256();

    EXPECT_EQ(verify(rsa.public_key(), "rsapss", "m", rsa.sign("m").sig), Verdict::KeyTooShort);
    EXPECT_EQ(verify(ecdsa.public_key(), "ecdsa", "m", ecdsa_to_der(ecdsa.sign("m").sig)), Verdict::LengthWrong);
}

TEST(CertificateTest, RootCertificateIsAsNotarysClientMakesIt) {
    const Instant now{1'800'000'000, 0};
    const auto key = PrivateKey::generate_ecdsa_p256();

    const auto bundle = CertificateBundle::parse(make_root_certificate(key.handle(), "example/app", now));

    ASSERT_TRUE(bundle);
    EXPECT_EQ(bundle->leaf_common_name(), "example/app");
    EXPECT_TRUE(bundle->has_single_leading_leaf());
    EXPECT_TRUE(bundle->leaf_is_strong());
    EXPECT_TRUE(bundle->leaf_is_current(now));
    EXPECT_TRUE(bundle->leaf_is_current({now.seconds - 86400, 0}));
    EXPECT_FALSE(bundle->leaf_is_current({now.seconds - 86401, 0}));
    EXPECT_TRUE(bundle->leaf_is_current({now.seconds + 3650LL * 86400, 0}));
    EXPECT_FALSE(bundle->leaf_is_current({now.seconds + 3650LL * 86400 + 1, 0}));
}

TEST(CertificateTest, NamesCollectionsOfAnyLength) {
    const std::string long_name = "registry.example/" + std::string(200, 'a');
    const auto key = PrivateKey::generate_ecdsa_p256();

    const auto bundle = CertificateBundle::parse(make_root_certificate(key.handle(), long_name, {1'800'000'000, 0}));

    ASSERT_TRUE(bundle);
    EXPECT_EQ(bundle->leaf_common_name(), long_name);
}

TEST(CertificateTest, OneWithADateThatCannotBeReadIsNone) {
    EXPECT_TRUE(CertificateBundle::parse(certificate_that_ends("370101000000Z")));
    for (const char* end : {"", "37", "379901000000Z", "not any date"}) {
        EXPECT_FALSE(CertificateBundle::parse(certificate_that_ends(end))) << end;
        EXPECT_EQ(PublicKey("ecdsa-x509", certificate_that_ends(end)).handle(), nullptr) << end;
    }
}

TEST(CertificateTest, BundleHoldsCertificatesOnly) {
    const auto key = PrivateKey::generate_ecdsa_p256();
    const Bytes pem = make_root_certificate(key.handle(), "a", {1'800'000'000, 0});

    EXPECT_TRUE(CertificateBundle::parse(pem + pem));
    EXPECT_FALSE(CertificateBundle::parse(pem + pem)->has_single_leading_leaf());
    for (const Bytes& bad : {Bytes(), "x" + pem, pem + "x", pem.substr(0, pem.size() - 10)})
        EXPECT_FALSE(CertificateBundle::parse(bad));
}

}  // namespace
}  // namespace sello::tuf
