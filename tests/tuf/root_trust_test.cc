// Which certificates may be root keys, and which signatures a root needs. Source: Notary's client, and Go's
// crypto/x509.
#include "tuf/trust/root_trust.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/root_builder.h"
#include "tuf/base/error.h"
#include "tuf/trust/refusal.h"

namespace sello::tuf {
namespace {

using test::Authority;
using test::CertificateSpec;
using test::make_certificate;
using test::RootBuilder;
using namespace std::chrono_literals;

const Gun kGun("example/app");
constexpr Instant kNow{1'800'000'000, 0};

/// The words of the refusal; empty if there is none.
template <class Action>
std::string refusal(const Action& action) {
    try {
        action();
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::Untrusted) << e.what();
        return e.what();
    }
    return {};
}

bool is_usable(const CertificateSpec& spec, const Bytes& behind = {},
               CertificateDates dates = CertificateDates::Check) {
    RootBuilder builder(kNow);
    builder.add_root_key(spec, behind);
    return !usable_root_keys(builder.root, kGun, kNow, dates).keyids.empty();
}

TEST(RootTrustTest, TakesCertificatesOfTheGunAndOfItsPrefixes) {
    for (const char* name : {"example/app", "example/*", "example/app*", "*", "***", "exam**"})
        EXPECT_TRUE(is_usable({.common_name = name})) << name;
    for (const char* name :
         {"", "example/", "example/ap", "example/app2", "Example/app", "other/*", "*/app", "ex*/app"})
        EXPECT_FALSE(is_usable({.common_name = name})) << name;
}

TEST(RootTrustTest, TheLastCommonNameCounts) {
    EXPECT_TRUE(is_usable({.common_name = "example/app", .first_common_name = "other"}));
    EXPECT_FALSE(is_usable({.common_name = "other", .first_common_name = "example/app"}));
}

TEST(RootTrustTest, DatesHaveADayOfGraceBeforeAndNoneAfter) {
    EXPECT_TRUE(is_usable({.begins = 24h}));
    EXPECT_FALSE(is_usable({.begins = 24h + 1s}));
    EXPECT_TRUE(is_usable({.ends = 0s}));
    EXPECT_FALSE(is_usable({.ends = -1s}));

    RootBuilder builder(kNow);
    builder.add_root_key({.ends = 0s});
    const Instant a_moment_later{kNow.seconds, 1};
    EXPECT_TRUE(usable_root_keys(builder.root, kGun, a_moment_later, CertificateDates::Check).keyids.empty());
}

TEST(RootTrustTest, DatesMayBeIgnoredButNotTheirOrder) {
    EXPECT_TRUE(is_usable({.begins = 48h}, {}, CertificateDates::Ignore));
    EXPECT_TRUE(is_usable({.ends = -1s}, {}, CertificateDates::Ignore));
    EXPECT_FALSE(is_usable({.begins = -1h, .ends = -2h}, {}, CertificateDates::Ignore));
}

TEST(RootTrustTest, RefusesWeakCertificates) {
    EXPECT_FALSE(is_usable({.digest = "SHA1"}));
    EXPECT_TRUE(is_usable({.digest = "SHA512"}));
    for (const unsigned bits : {1024U, 2048U}) {
        RootBuilder builder(kNow);
        builder.add_root_key(test::generate_rsa(bits), CertificateSpec{});
        EXPECT_EQ(refusal([&] { require_self_signed(builder.sign(), kGun, kNow); }).empty(), bits == 2048) << bits;
    }
    RootBuilder builder(kNow);
    builder.add_root_key(test::generate_rsa(2048), {.digest = "SHA1"});
    EXPECT_TRUE(usable_root_keys(builder.root, kGun, kNow, CertificateDates::Ignore).keyids.empty());
}

TEST(RootTrustTest, WantsOneLeafAndFirst) {
    const Bytes authority = Authority({.common_name = "CA", .is_ca = true}, kNow).certificate;
    const Bytes odd_authority =
        Authority({.common_name = "CA", .is_ca = true, .key_usage = "digitalSignature"}, kNow).certificate;
    const Bytes leaf = make_certificate(PrivateKey::generate_ecdsa_p256(), {}, kNow);

    EXPECT_TRUE(is_usable({}, authority));
    EXPECT_TRUE(is_usable({}, odd_authority)) << "what a certificate says of itself counts, not what it may sign";
    EXPECT_TRUE(is_usable({.is_ca = std::nullopt}));
    EXPECT_FALSE(is_usable({}, leaf));
    EXPECT_FALSE(is_usable({.is_ca = true}));
    EXPECT_FALSE(is_usable({.is_ca = true, .key_usage = "digitalSignature"}));
    EXPECT_FALSE(is_usable({.is_ca = true}, leaf));
}

TEST(RootTrustTest, CertificatesBehindTheLeafHaveToBeSoundWhileDatesAreChecked) {
    for (const CertificateSpec& spec : {CertificateSpec{.common_name = "CA", .ends = -1s, .is_ca = true},
                                        CertificateSpec{.common_name = "CA", .begins = 25h, .is_ca = true},
                                        CertificateSpec{.common_name = "CA", .is_ca = true, .digest = "SHA1"}}) {
        const Bytes authority = Authority(spec, kNow).certificate;
        EXPECT_FALSE(is_usable({}, authority));
        EXPECT_TRUE(is_usable({}, authority, CertificateDates::Ignore));
    }
}

TEST(RootTrustTest, KeysThatAreNoCertificatesAreNotUsable) {
    const auto key = PrivateKey::generate_ecdsa_p256();
    const Bytes good = make_certificate(key, {}, kNow);
    for (const PublicKey& listed :
         {key.public_key(), PublicKey("ecdsa-x509", "junk"), PublicKey("ecdsa-x509", ""),
          PublicKey("ecdsa-x509", good.substr(0, good.size() / 2)), PublicKey("ecdsa-x509", good + "junk"),
          PublicKey("ecdsa-x509", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n" + good),
          PublicKey("ecdsa-x509", "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n")}) {
        RootBuilder builder(kNow);
        builder.add_root_key(listed);
        EXPECT_TRUE(usable_root_keys(builder.root, kGun, kNow, CertificateDates::Ignore).keyids.empty())
            << listed.bytes();
    }
}

TEST(RootTrustTest, TellsWhatIsWrongWithEachKey) {
    RootBuilder builder(kNow);
    builder.add_root_key({.common_name = "other"});
    builder.add_root_key({.ends = -1s});
    builder.add_root_key({.digest = "SHA1"});
    builder.add_root_key({.is_ca = true});
    builder.add_root_key(PrivateKey::generate_ecdsa_p256().public_key());

    const std::string words = refusal([&] { require_self_signed(builder.sign(), kGun, kNow); });

    for (const char* part :
         {"could not validate the path to a trusted root: unable to retrieve valid leaf certificates",
          "is for \"other\", not for example/app", "ends at Fri Jan 15 07:59:59 UTC 2027", "SHA-1", "no CA",
          "is no certificate"})
        EXPECT_NE(words.find(part), std::string::npos) << part << " in " << words;
}

TEST(RootTrustTest, CountsSignaturesOfUsableKeysOnly) {
    RootBuilder builder(kNow);
    const KeyId current = builder.add_root_key(CertificateSpec{});
    const KeyId past = builder.add_root_key({.ends = -1s});

    EXPECT_NE(refusal([&] {
                  require_self_signed(builder.sign({past}), kGun, kNow);
              }).find("failed to validate integrity of roots"),
              std::string::npos);
    EXPECT_EQ(refusal([&] { require_self_signed(builder.sign({past}), kGun, kNow, CertificateDates::Ignore); }), "");
    EXPECT_EQ(refusal([&] { require_self_signed(builder.sign({current}), kGun, kNow); }), "");
    builder.root.roles["root"].threshold = 2;
    EXPECT_NE(refusal([&] { require_self_signed(builder.sign(), kGun, kNow); }), "");
    EXPECT_EQ(refusal([&] { require_self_signed(builder.sign(), kGun, kNow, CertificateDates::Ignore); }), "");
}

TEST(RootTrustTest, TellsWhyAKeyThatSignedDoesNotCount) {
    RootBuilder builder(kNow);
    (void)builder.add_root_key(CertificateSpec{});
    const KeyId past = builder.add_root_key({.ends = -1s});
    const KeyId other = builder.add_root_key({.common_name = "other"});
    const auto reasons = [&](const auto& check) {
        std::map<KeyId, std::string> out;
        try {
            check();
        } catch (const Refusal& refusal) {
            for (const KeyOutcome& key : refusal.details().keys) out[key.keyid] = key.reason;
        }
        return out;
    };

    auto found = reasons([&] { require_self_signed(builder.sign({past, other}), kGun, kNow); });
    EXPECT_NE(found[past].find("is not current: it ends at Fri Jan 15 07:59:59 UTC 2027"), std::string::npos);
    EXPECT_EQ(found[other], "is for \"other\", not for example/app");

    builder.root.roles["root"].threshold = 3;
    found = reasons([&] { require_signed_by_previous(builder.sign(), builder.root, kGun, kNow); });
    EXPECT_EQ(found[past], "valid");
    EXPECT_EQ(found[other], "is for \"other\", not for example/app");
}

TEST(RootTrustTest, ThePreviousRootsThresholdCountsWhateverItsDates) {
    RootBuilder previous(kNow);
    const KeyId first = previous.add_root_key({.ends = -1s});
    const KeyId second = previous.add_root_key({.begins = 25h});
    previous.root.roles["root"].threshold = 2;
    const auto next = previous.sign();

    EXPECT_EQ(refusal([&] { require_signed_by_previous(next, previous.root, kGun, kNow); }), "");
    for (const KeyId& alone : {first, second})
        EXPECT_NE(refusal([&] {
                      require_signed_by_previous(previous.sign({alone}), previous.root, kGun, kNow);
                  }).find("could not rotate trust to a new trusted root"),
                  std::string::npos);
}

TEST(RootTrustTest, PreviousCertificatesOfAnotherGunVouchForNothing) {
    RootBuilder previous(kNow);
    previous.add_root_key({.common_name = "other"});

    EXPECT_NE(refusal([&] { require_signed_by_previous(previous.sign(), previous.root, kGun, kNow); }), "");
}

}  // namespace
}  // namespace sello::tuf
