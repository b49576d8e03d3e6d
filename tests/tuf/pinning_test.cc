// How the first root of a collection is accepted. Source: Notary's client, `trust_pinning`.
#include "tuf/trust/pinning.h"

#include <gtest/gtest.h>

#include "tests/support/root_builder.h"
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
constexpr const char* kNoPin = "unable to match any certificates to trust_pinning config";

struct PinningTest : testing::Test {
    RootBuilder builder{kNow};
    Authority authority{{.common_name = "authority", .is_ca = true}, kNow};

    /// The words of the refusal; empty if there is none.
    [[nodiscard]] std::string refusal(const TrustPinning& pinning) const {
        try {
            require_pinned(builder.sign(), kGun, pinning, kNow);
        } catch (const Error& e) {
            EXPECT_TRUE(std::string(e.what()).starts_with("could not validate the path to a trusted root: "));
            return e.what();
        }
        return {};
    }
    [[nodiscard]] bool refuses(const TrustPinning& pinning, const std::string& reason) const {
        return refusal(pinning).find(reason) != std::string::npos;
    }

    static TrustPinning by_authority(const Bytes& bundle, const std::string& prefix = kGun.str()) {
        return {{}, false, {{prefix, {"ca.pem", bundle}}}};
    }
    /// Why one root certificate does not chain to the bundle; empty if it does.
    std::string chain_refusal(const CertificateSpec& leaf, const Bytes& bundle, const Bytes& behind = {}) {
        builder = RootBuilder(kNow);
        builder.add_root_key(leaf, behind);
        return refusal(by_authority(bundle));
    }
};

TEST_F(PinningTest, TheFirstEntryThatFitsDecidesAlone) {
    const std::string id = builder.add_root_key(CertificateSpec{}).str();
    const std::vector<std::string> good{id};
    const std::vector<std::string> bad{"0"};

    const std::vector<std::pair<TrustPinning, bool>> table = {
        {{{{"example/app", good}}, false}, true},
        {{{{"example/app", {"0", id}}}, false}, true},
        {{{{"example/app", bad}}, true}, false},
        {{{{"example/app", {}}}, true}, false},
        {{{{"example/app", good}, {"example/app*", bad}, {"*", bad}}, true}, true},
        {{{{"example/*", good}, {"*", bad}}, true}, true},
        {{{{"example/*", bad}, {"*", good}}, true}, false},
        {{{{"*", good}}, false}, true},
        {{{{"example/", bad}, {"other/*", bad}, {"exam*/app", bad}}, true}, true},
        {{{{"example/*", good}}, false, {{"", {"ca.pem", authority.certificate}}}}, true},
        {{{}, true, {{"", {"ca.pem", authority.certificate}}}}, false},
        {{{}, true, {{"other", {"ca.pem", authority.certificate}}}}, true},
        {{{}, true}, true}};
    for (std::size_t i = 0; i < table.size(); ++i) {
        EXPECT_EQ(refusal(table[i].first).empty(), table[i].second) << "line " << i;
        EXPECT_EQ(refuses(table[i].first, kNoPin), !table[i].second) << "line " << i;
    }
    EXPECT_TRUE(refuses({{}, false}, "invalid trust pinning specified"));
}

TEST_F(PinningTest, OnlyPinnedCertificatesCountTowardsTheThreshold) {
    const std::string first = builder.add_root_key(CertificateSpec{}).str();
    const std::string second = builder.add_root_key(CertificateSpec{}).str();
    builder.root.roles["root"].threshold = 2;

    EXPECT_EQ(refusal({{{"example/app", {first, second}}}, false}), "");
    EXPECT_TRUE(refuses({{{"example/app", {first}}}, false}, "failed to validate integrity of roots"));
}

TEST_F(PinningTest, AFitPinDoesNotMendABadCertificate) {
    const std::string id = builder.add_root_key({.ends = -1s}).str();

    EXPECT_TRUE(refuses({{{"example/app", {id}}}, true}, "unable to retrieve valid leaf certificates"));
}

TEST_F(PinningTest, AfterAnExpiredRootFirstUseIsPast) {
    builder.add_root_key(CertificateSpec{});
    const auto root = builder.sign();

    EXPECT_NO_THROW(require_pinned_after_expiry(root, kGun, {{}, false}, kNow));
    EXPECT_THROW(require_pinned_after_expiry(root, kGun, {{{"*", {"0"}}}, true}, kNow), Error);
}

TEST_F(PinningTest, FindsTheAuthorityThatDecides) {
    TrustPinning pinning{{{"pinned", {"0"}}}, true, {{"", {"all", {}}}, {"exam", {"some", {}}}, {"z", {"none", {}}}}};

    EXPECT_EQ(find_authority(pinning, kGun)->file, "some");
    EXPECT_EQ(find_authority(pinning, Gun("other"))->file, "all");
    EXPECT_EQ(find_authority(pinning, Gun("pinned")), nullptr);
    pinning.authorities.erase("");
    EXPECT_EQ(find_authority(pinning, Gun("other")), nullptr);
}

TEST_F(PinningTest, ChainsToAnAuthorityStraightOrByWayOfTheKeysOwnCertificates) {
    const Authority between({.common_name = "between", .is_ca = true, .issuer = &authority}, kNow);
    const Authority stranger({.common_name = "authority", .is_ca = true}, kNow);

    EXPECT_EQ(chain_refusal({.issuer = &authority}, authority.certificate), "");
    EXPECT_EQ(chain_refusal({.issuer = &between}, authority.certificate, between.certificate), "");
    EXPECT_EQ(chain_refusal({.issuer = &between}, between.certificate), "") << "any pinned one may be the end";
    EXPECT_EQ(chain_refusal({.issuer = &authority}, stranger.certificate + authority.certificate), "");
    EXPECT_NE(chain_refusal({.issuer = &between}, authority.certificate), "");
    EXPECT_NE(chain_refusal({.issuer = &authority}, stranger.certificate), "");
    EXPECT_NE(chain_refusal({}, authority.certificate), "");
    EXPECT_NE(chain_refusal({}, authority.certificate, authority.certificate), "");
}

TEST_F(PinningTest, APinnedLeafIsItsOwnAuthority) {
    auto key = PrivateKey::generate_ecdsa_p256();
    const CertificateSpec spec{.begins = -1h};
    builder.add_root_key(std::move(key), spec);
    const Bytes leaf = builder.root.keys.at(builder.root.role("root").keyids[0]).bytes();

    EXPECT_EQ(refusal(by_authority(leaf)), "");
}

TEST_F(PinningTest, EveryCertificateOfTheChainHasToBeCurrentWithoutGrace) {
    EXPECT_EQ(chain_refusal({.begins = 0s, .ends = 0s, .issuer = &authority}, authority.certificate), "");
    EXPECT_NE(chain_refusal({.begins = 1h, .issuer = &authority}, authority.certificate), "");
    Authority later({.common_name = "authority", .begins = 1h, .is_ca = true}, kNow);
    EXPECT_NE(chain_refusal({.issuer = &later}, later.certificate), "");
}

TEST_F(PinningTest, UsagesOnTheWayHaveToAdmitServerAuthentication) {
    const std::vector<std::pair<std::string, bool>> table = {{"", true},
                                                             {"serverAuth", true},
                                                             {"codeSigning,serverAuth", true},
                                                             {"anyExtendedKeyUsage", true},
                                                             {"codeSigning", false},
                                                             {"clientAuth", false}};
    for (const auto& [usage, accepted] : table) {
        EXPECT_EQ(chain_refusal({.extended_key_usage = usage, .issuer = &authority}, authority.certificate).empty(),
                  accepted)
            << usage;
        const Authority limited({.common_name = "limited", .is_ca = true, .extended_key_usage = usage}, kNow);
        EXPECT_EQ(chain_refusal({.issuer = &limited}, limited.certificate).empty(), accepted) << usage;
    }
}

TEST_F(PinningTest, OnlyAnAuthorityVouchesForOthers) {
    for (const CertificateSpec& spec :
         {CertificateSpec{.common_name = "authority", .is_ca = false},
          CertificateSpec{.common_name = "authority", .is_ca = std::nullopt},
          CertificateSpec{.common_name = "authority", .is_ca = std::nullopt, .key_usage = "keyCertSign"},
          CertificateSpec{.common_name = "authority", .is_ca = true, .key_usage = "digitalSignature"}}) {
        const Authority odd(spec, kNow);
        EXPECT_NE(chain_refusal({.issuer = &odd}, odd.certificate), "");
    }
}

TEST_F(PinningTest, ABundleWithoutSoundCertificatesIsAFaultOfTheConfiguration) {
    builder.add_root_key({.issuer = &authority});
    const Authority past({.common_name = "authority", .ends = -1s, .is_ca = true}, kNow);
    const Authority weak({.common_name = "authority", .is_ca = true, .digest = "SHA1"}, kNow);
    const Bytes key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";

    for (const Bytes& bundle : {Bytes(), Bytes("junk"), key + authority.certificate, authority.certificate + key,
                                authority.certificate.substr(0, 100)})
        EXPECT_TRUE(refuses(by_authority(bundle), "could not load root cert from CA path: ca.pem")) << bundle;
    for (const Bytes& bundle : {past.certificate, weak.certificate, past.certificate + weak.certificate})
        EXPECT_TRUE(refuses(by_authority(bundle), "invalid CA certs provided"));
    EXPECT_EQ(refusal(by_authority("# text\n" + past.certificate + "text\n" + authority.certificate + "text")), "");
}

TEST_F(PinningTest, TheRefusalSaysWhichKeyFailsAndWhy) {
    const std::string id = builder.add_root_key({.extended_key_usage = "codeSigning", .issuer = &authority}).str();

    const std::string words = refusal(by_authority(authority.certificate));

    for (const std::string& part :
         {std::string(kNoPin), id, std::string("server authentication"), std::string("ca.pem")})
        EXPECT_NE(words.find(part), std::string::npos) << part << " in " << words;
    EXPECT_NE(refusal({{{"*", {"0"}}}, true}).find(id), std::string::npos);
}

TEST_F(PinningTest, TheRefusalIsAValue) {
    const KeyId id = builder.add_root_key(CertificateSpec{});
    builder.root.version = Version(3);
    try {
        require_pinned(builder.sign(), kGun, {{{"*", {"0"}}}, true}, kNow);
        FAIL();
    } catch (const Refusal& refusal) {
        EXPECT_EQ(refusal.details().check, Check::Anchor);
        EXPECT_EQ(refusal.details().role, "root");
        EXPECT_EQ(refusal.details().version, Version(3));
        ASSERT_EQ(refusal.details().keys.size(), 1U);
        EXPECT_EQ(refusal.details().keys[0].keyid, id);
        EXPECT_EQ(refusal.details().keys[0].reason, "is not pinned");
    }
}

TEST_F(PinningTest, TellsThatASignatureIsByAKeyThatIsNotPinned) {
    const KeyId pinned = builder.add_root_key(CertificateSpec{});
    const KeyId other = builder.add_root_key(CertificateSpec{});
    try {
        require_pinned(builder.sign({other}), kGun, {{{"example/app", {pinned.str()}}}, false}, kNow);
        FAIL() << "a key that is not pinned vouched for a root";
    } catch (const Refusal& refusal) {
        ASSERT_EQ(refusal.details().keys.size(), 2U);
        EXPECT_EQ(refusal.details().keys[0].reason, "no pin is for it");
        EXPECT_EQ(refusal.details().keys[1].reason, "has not signed");
    }
}

}  // namespace
}  // namespace sello::tuf
