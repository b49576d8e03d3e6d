// Keys and signatures of TUF 1.0 that OpenSSL's command line made. For each curve and for RSA:
//   openssl ecparam -name prime256v1 -genkey -noout -out key.pem          (secp384r1)
//   openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem
//   openssl pkey -in key.pem -pubout -out key.pub
//   printf message > m; openssl dgst -sha256 -sign key.pem m | base64     (-sha384)
// and for RSA `-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32` (222, the longest).
#include <gtest/gtest.h>

#include "tuf/base/encoding.h"
#include "tuf/crypto/verify.h"

namespace sello::tuf {
namespace {

constexpr const char* kP256 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQkiedaUwQ/D5Dwc7e8pY4dldSIJf\n"
    "rcEcbwSN6Eay10t5W+wEYW9apwtPt4fRfm/XfR2RvH1qvirBvA+/i1NKAg==\n"
    "-----END PUBLIC KEY-----\n";
/// The last 65 bytes of `openssl pkey -in key.pub -pubin -outform DER`.
constexpr const char* kP256Point =
    "0442489e75a53043f0f90f073b7bca58e1d95d48825fadc11c6f048de846b2d74b795bec04616f5aa70b4fb787d17e6fd77d"
    "1d91bc7d6abe2ac1bc0fbf8b534a02";
constexpr const char* kP256Signature =
    "MEUCIQDPuUV8W/SrCq2kmTWCgrwyvBYnm3itInvHnkanE/p9zAIgGODoC2J9aeq9fNjJHusYW0x8hZBWWBREPsxfCiRcKRQ=";
constexpr const char* kP384 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEjUocbjyzHLv8i+x7l2DNRv8WJKODZA6z\n"
    "R4275xEY6W0r4LyEpSsrxRLaKEOcJX4eshPJZaUp/n0Rxd6Lj3AoURtjuDNdFuNi\n"
    "5LlJfRQGUWH/zEVpJPPGfuW+YaGWDIrI\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kP384Point =
    "048d4a1c6e3cb31cbbfc8bec7b9760cd46ff1624a383640eb3478dbbe71118e96d2be0bc84a52b2bc512da28439c257e1eb2"
    "13c965a529fe7d11c5de8b8f7028511b63b8335d16e362e4b9497d14065161ffcc456924f3c67ee5be61a1960c8ac8";
constexpr const char* kP384Signature =
    "MGQCL1gyIYLBTPzizaKmmDR1sDQezd92AelMGx4uzlpUxxAez5FZIelkB/kZpGpeX8WqAjEAzD3lY9P1gt4MDfbxEhSW1TZxeHBJ"
    "lED2zdmB0nrMZIenX6gQB5CEN+X6Se/SEdA5";
constexpr const char* kP384SignatureOfSha256 =
    "MGUCMQDQ7kWqoF0F0wnlkjqUhCfgo7/9oOKsF7JL424CpOs/j8P/Blv8h3lFVyv/a0FaPYkCMBs/mFSoKuQ71WIItKbY1Hkz7iTh"
    "Wltvs+KunHu3Xr1NSDH3o1aC32BHSq6Y9XQhLw==";
constexpr const char* kRsa =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2iq/RkTElLDYQZCWixjq\n"
    "dH8k1OfdH/kzG5ec6o5+bIWBySrfJAL7BgsDakUFoI/jdYPVMEx91UzQD86ie2N+\n"
    "w5keYGGsvyDL51o9/dCtK7O9GIy5jLxo71NoTxlb9D1XgqOFRO4+QpYwyfSo6Uem\n"
    "FvUWMgODA/nHIEgTCwx+9vib7ltiZyGaiw+EQ3/PrJKzMd30T1AdpNAAOiH6iEjt\n"
    "FpBpUnKgxt2Q5SU9VIIPPlD1gUwWuxxbgxUoARkTFE7zDVjzGwaKd2RWqjq85K1I\n"
    "Uy6VVqRZ5F2CupdbC0ERXKMAGRifdQZsI5hUlTb9tBbgUJtOpMLPtP4vkyRigiI9\n"
    "ywIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kRsaSignature =
    "fZrmv0zyjaBJThp7V7OG70hZDhQGNHCuC/+WERF9CwlUE3uYkVkJiR9DETd/sUTrQcUtl2T4TDhtiHsILr1kH6Aw/sGGwVaga3TB"
    "f8Bu5CDQ9tveLw3I3uqi88sJR5PX4pVOwV3uj3aVsOv3oKioZ5+LdjcVcTORXRF4q9rLAYKrL4y0z6+iv8aX9U6s0P7NBSg0exPl"
    "hAU6jFqnfpjfIQMrZqEHNzwZzXp7iEUSnIiKkEHYn6VkiJSe+cNpxXacLeVb6rxieF3rIKvnQLzp49eUVshbJs2oPlo33Lmjj0wb"
    "0oqy86iBiyvc64/jDiZp/IrW74ztttbYOq6cxn1qEg==";
constexpr const char* kRsaSignatureWithLongSalt =
    "FqmfbW9lzlTV/ARbOrcmmgPFbWszH3epsLBHOlWSZ0jWgf8GyUmqTy3AEnvorTwuuDgOn/BHUtCDIFB7/rTPBi5pSYM3fCjvB8JT"
    "NyKzZnS2fsFWBIx1icoTCZmUx59xBhcQsl1RaC4G0q0wY6uYeEQstwk9zfpIYllvv2fsyxZ9t8JAa5cz5ZWgsAebvLlQnHiEwpRv"
    "wKWl0OcZa8nioptH4Ab1wjtk91GPwLD2fk1ayruTQ4vITuRNGSpgxJV0eBgv9GjZ4OkNSP/xUg4EqRLef21oJ/A7Mp4gLiiWGxT5"
    "TX8R01uOJDNQBNiqPKSpNUfvCY+PiM1IWSWGVXj5IA==";

struct Vector {
    const char* type;
    const char* scheme;
    const char* public_text;
    const char* signature;
};

Verdict verdict(const Vector& vector, ByteView message) {
    const PublicKey key(KeyId("any"), vector.type, vector.scheme, vector.public_text);
    return verify(key, "", message, *from_base64(vector.signature));
}

TEST(TufVectorTest, VerifiesWhatOpensslSigned) {
    for (const Vector& vector : {
             Vector{"ecdsa", "ecdsa-sha2-nistp256", kP256, kP256Signature},
             Vector{"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", kP256, kP256Signature},
             Vector{"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", kP256Point, kP256Signature},
             Vector{"ecdsa", "ecdsa-sha2-nistp384", kP384, kP384Signature},
             Vector{"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", kP384Point, kP384Signature},
             Vector{"rsa", "rsassa-pss-sha256", kRsa, kRsaSignature},
             Vector{"rsa", "rsassa-pss-sha256", kRsa, kRsaSignatureWithLongSalt},
         }) {
        EXPECT_EQ(verdict(vector, "message"), Verdict::Valid) << vector.scheme;
        EXPECT_EQ(verdict(vector, "massage"), Verdict::Invalid) << vector.scheme;
    }
}

TEST(TufVectorTest, TheSchemeSaysWhichDigest) {
    EXPECT_EQ(verdict({"ecdsa", "ecdsa-sha2-nistp384", kP384, kP384SignatureOfSha256}, "message"), Verdict::Invalid);
}

}  // namespace
}  // namespace sello::tuf
