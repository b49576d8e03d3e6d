// Documents made by Notary itself (tests/vectors/notary/ORIGIN.md): every rule must hold over them unchanged.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tuf/base/instant.h"
#include "tuf/crypto/digest.h"
#include "tuf/metadata/codec.h"
#include "tuf/trust/integrity.h"
#include "tuf/trust/root_trust.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

Bytes golden(const std::string& name) {
    std::ifstream file(std::string(SELLO_VECTORS) + "/notary/" + name, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

const Instant kThen = *parse_rfc3339("2026-11-22T00:00:00Z");
const Gun kGun("example/golden2");

TEST(GoldenTest, SignedBytesAreThoseThatNotarySigned) {
    const Signed<Root> root = decode_root(parse_envelope(golden("golden2.root.json")));
    const auto targets = decode_targets(parse_envelope(golden("golden2.targets.json")), targets_role());
    const auto releases =
        decode_targets(parse_envelope(golden("golden2.targets-releases.json")), RoleName("targets/releases"));
    const auto snapshot = decode_snapshot(parse_envelope(golden("golden2.snapshot.json")));
    const auto timestamp = decode_timestamp(parse_envelope(golden("golden2.timestamp.json")));

    EXPECT_EQ(sha256_hex(root.message), "c860c65cc46f603108b068769a34b962de3359a7abf9169817cf49c836a07cb8");
    EXPECT_EQ(sha256_hex(targets.message), "e308331a29a7cdfad505f7bae0ab734c3243d25e9e6ac0e46de54df70f21b310");
    EXPECT_EQ(sha256_hex(releases.message), "b6aadc1f3cf1d5d7b452db68254869f7c969049edaf47a9f79ba114765154f8e");
    EXPECT_EQ(sha256_hex(snapshot.message), "f9f70b022ec38e5bd758a7ea67a07370fd680f70dbd0c051af6ed791f856308a");
    EXPECT_EQ(sha256_hex(timestamp.message), "e184379c8d0a862b79c8e681dd7e432a2899a3fe082a1eb9bc6f0bd9124c0034");
}

TEST(GoldenTest, EverySignatureAndDigestVerifies) {
    const Signed<Root> root = decode_root(parse_envelope(golden("golden2.root.json")));
    const auto targets = decode_targets(parse_envelope(golden("golden2.targets.json")), targets_role());
    const RoleName releases_role("targets/releases");
    const auto releases = decode_targets(parse_envelope(golden("golden2.targets-releases.json")), releases_role);
    const auto snapshot = decode_snapshot(parse_envelope(golden("golden2.snapshot.json")));
    const auto timestamp = decode_timestamp(parse_envelope(golden("golden2.timestamp.json")));
    const Root& keys = root.payload;

    EXPECT_NO_THROW(require_self_signed(root, kGun, kThen));
    EXPECT_NO_THROW(require_threshold(targets.message, targets.signatures, keys.role("targets"), keys.keys, "targets"));
    EXPECT_NO_THROW(require_threshold(releases.message, releases.signatures,
                                      targets.payload.delegation(releases_role)->keys, targets.payload.delegations.keys,
                                      "targets/releases"));
    EXPECT_NO_THROW(
        require_threshold(snapshot.message, snapshot.signatures, keys.role("snapshot"), keys.keys, "snapshot"));
    EXPECT_NO_THROW(
        require_threshold(timestamp.message, timestamp.signatures, keys.role("timestamp"), keys.keys, "timestamp"));
    EXPECT_NO_THROW(require_match(timestamp.payload.snapshot, snapshot.bytes, "snapshot"));
    EXPECT_NO_THROW(require_match(snapshot.payload.meta.at("root"), root.bytes, "root"));
    EXPECT_NO_THROW(require_match(snapshot.payload.meta.at("targets"), targets.bytes, "targets"));
    EXPECT_NO_THROW(require_match(snapshot.payload.meta.at("targets/releases"), releases.bytes, "targets/releases"));
}

TEST(GoldenTest, WritesBackTheSameBytes) {
    const Signed<Root> root = decode_root(parse_envelope(golden("golden2.root.json")));
    const auto targets = decode_targets(parse_envelope(golden("golden2.targets.json")), targets_role());
    const auto releases =
        decode_targets(parse_envelope(golden("golden2.targets-releases.json")), RoleName("targets/releases"));
    const auto snapshot = decode_snapshot(parse_envelope(golden("golden2.snapshot.json")));
    const auto timestamp = decode_timestamp(parse_envelope(golden("golden2.timestamp.json")));

    EXPECT_EQ(write_document(to_json(root.payload), root.signatures), root.bytes);
    EXPECT_EQ(write_document(to_json(targets.payload), targets.signatures), targets.bytes);
    EXPECT_EQ(write_document(to_json(releases.payload), releases.signatures), releases.bytes);
    EXPECT_EQ(write_document(to_json(snapshot.payload), snapshot.signatures), snapshot.bytes);
    EXPECT_EQ(write_document(to_json(timestamp.payload), timestamp.signatures), timestamp.bytes);
}

TEST(GoldenTest, CanonicalKeyIdIsTheOneThatNamesTheKeyFile) {
    const Signed<Root> root = decode_root(parse_envelope(golden("refb-a.root.json")));
    const KeyId listed = root.payload.role("root").keyids.at(0);

    EXPECT_EQ(root.payload.keys.at(listed).canonical_id().str(),
              "2d1cc8e28c23e4d15fde3461f2aff03b2a72e9491b399139f82d27feda8f3b23");
    EXPECT_NO_THROW(require_self_signed(root, Gun("refb/a"), kThen));
    EXPECT_THROW(require_self_signed(root, Gun("refb/b"), kThen), Error);
}

}  // namespace
}  // namespace sello::tuf
