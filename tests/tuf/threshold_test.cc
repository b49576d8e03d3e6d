#include "tuf/trust/threshold.h"

#include <gtest/gtest.h>

#include "tests/support/repository_simulator.h"
#include "tuf/base/error.h"
#include "tuf/crypto/certificate.h"

namespace sello::tuf {
namespace {

struct ThresholdTest : testing::Test {
    PrivateKey first = PrivateKey::generate_ecdsa_p256();
    PrivateKey second = PrivateKey::generate_ed25519();
    Keys keys{{first.public_key().id(), first.public_key()}, {second.public_key().id(), second.public_key()}};
    RoleKeys role{{first.public_key().id(), second.public_key().id()}, 2};

    [[nodiscard]] std::int64_t valid(const std::vector<Signature>& signatures) const {
        return count_signatures("m", signatures, role, keys).valid;
    }
};

TEST_F(ThresholdTest, CountsDistinctKeys) { EXPECT_EQ(valid({first.sign("m"), second.sign("m")}), 2); }

TEST_F(ThresholdTest, CountsOneKeySigningTwiceOnce) { EXPECT_EQ(valid({first.sign("m"), first.sign("m")}), 1); }

TEST_F(ThresholdTest, CountsOneKeyUnderTwoIdsOnce) {
    const Bytes pem = make_root_certificate(first.handle(), "x", {1'800'000'000, 0});
    const PublicKey twin("ecdsa-x509", pem);
    keys.emplace(twin.id(), twin);
    role.keyids.push_back(twin.id());

    EXPECT_EQ(valid({first.sign("m"), first.sign("m", twin.id())}), 1);
}

TEST_F(ThresholdTest, NotesWhyOthersDoNotCount) {
    const auto stranger = PrivateKey::generate_ecdsa_p256();
    const SignatureTally tally = count_signatures(
        "m", {stranger.sign("m"), first.sign("other"), {second.public_key().id(), "ecdsa", Bytes(64, 'x')}}, role,
        keys);

    ASSERT_EQ(tally.keys.size(), 3U);
    EXPECT_EQ(tally.keys[0].reason, "not a key of the role");
    EXPECT_EQ(tally.keys[1].reason, "it does not verify");
    EXPECT_EQ(tally.keys[2].reason, "its method or scheme does not fit the key's type");
    EXPECT_EQ(tally.valid, 0);
}

TEST_F(ThresholdTest, BadSignaturesDoNotHinderGoodOnes) {
    role.threshold = 1;
    EXPECT_EQ(valid({first.sign("other"), first.sign("m")}), 1);
}

TEST_F(ThresholdTest, IsNeverMetByNothing) {
    role.threshold = 0;
    EXPECT_FALSE(count_signatures("m", {}, role, keys).met());
    role.threshold = -1;
    EXPECT_FALSE(count_signatures("m", {first.sign("m")}, role, keys).met());
    EXPECT_THROW(require_threshold("m", {}, role, keys, "targets"), Error);
}

}  // namespace
}  // namespace sello::tuf
