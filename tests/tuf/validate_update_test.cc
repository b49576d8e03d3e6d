#include "tuf/trust/validate_update.h"

#include <gtest/gtest.h>

#include "tests/support/repository_simulator.h"

namespace sello::tuf {
namespace {

using test::RepositorySimulator;
using namespace std::chrono_literals;

/// A repository as a server stores it, and uploads against it.
struct ValidateUpdateTest : testing::Test {
    RepositorySimulator repository;
    StoredState stored;

    void store() {
        repository.publish();
        stored.root = std::make_shared<Signed<Root>>(decode_root(parse_envelope(repository.files["root"])));
        stored.snapshot =
            std::make_shared<Signed<Snapshot>>(decode_snapshot(parse_envelope(repository.files["snapshot"])));
        stored.targets = [files = repository.files](const RoleName& role) -> std::shared_ptr<const Signed<Targets>> {
            const auto file = files.find(role.str());
            if (file == files.end()) return nullptr;
            return std::make_shared<Signed<Targets>>(decode_targets(parse_envelope(file->second), role));
        };
    }

    [[nodiscard]] std::vector<UploadedFile> files(const std::vector<std::string>& roles) const {
        std::vector<UploadedFile> out;
        for (const std::string& role : roles) out.push_back({RoleName(role), repository.files.at(role)});
        return out;
    }

    [[nodiscard]] ValidatedUpdate upload(const std::vector<std::string>& roles) const {
        return validate_update(repository.gun, stored, parse_upload(files(roles)), repository.now);
    }

    [[nodiscard]] std::string refusal(const std::vector<std::string>& roles, UpdatePart part) const {
        try {
            (void)upload(roles);
        } catch (const UpdateError& e) {
            EXPECT_EQ(e.part(), part) << e.what();
            return e.what();
        }
        return "accepted";
    }

    /// Replaces a file by `payload`, signed by the role's keys.
    void resign(const std::string& role, const Json& payload) {
        repository.files[role] = repository.sign(payload, repository.keyids(role));
    }
};

TEST_F(ValidateUpdateTest, AllFilesOfAnUploadShareOneBoundOfValues) {
    const auto values = [&](const std::string& role) {
        return parse_envelope(repository.files.at(role)).document.values();
    };
    repository.publish();
    JsonLimits limits;
    limits.max_values = values("root") + values("targets");

    EXPECT_EQ(parse_upload(files({"root", "targets"}), limits).size(), 2U);
    EXPECT_THROW((void)parse_upload(files({"root", "targets", "snapshot"}), limits), UpdateError);
    EXPECT_THROW((void)parse_upload(files({"root", "targets", "targets"}), limits), UpdateError);
}

TEST_F(ValidateUpdateTest, AcceptsAFirstPublishWithAndWithoutSnapshot) {
    EXPECT_TRUE(upload({"root", "targets", "snapshot"}).snapshot);
    const auto update = upload({"root", "targets"});
    EXPECT_FALSE(update.snapshot);
    EXPECT_TRUE(update.root_is_new);
    EXPECT_EQ(update.targets.size(), 1U);
}

TEST_F(ValidateUpdateTest, WantsARootFirst) {
    EXPECT_EQ(refusal({"targets"}, UpdatePart::General), "no pre-existing root and no root provided in update.");
}

TEST_F(ValidateUpdateTest, TakesTheStoredRootWhereNoneIsUploaded) {
    store();
    repository.targets.version = Version(2);
    repository.publish();

    const auto update = upload({"targets"});

    EXPECT_FALSE(update.root_is_new);
    EXPECT_EQ(update.root, stored.root);
}

TEST_F(ValidateUpdateTest, TiesRootVersionsToTheNextOne) {
    store();
    repository.root.version = Version(3);
    repository.publish();

    EXPECT_EQ(refusal({"root"}, UpdatePart::Root), "Root modifications must increment the version. Current 1, new 3");
}

TEST_F(ValidateUpdateTest, WantsTheOldRootKeysToSignTheNewRoot) {
    store();
    RepositorySimulator stranger;
    stranger.root.version = Version(2);
    stranger.publish();
    repository.files["root"] = stranger.files["root"];

    EXPECT_TRUE(refusal({"root"}, UpdatePart::Root)
                    .starts_with("could not rotate trust to a new trusted root: failed to validate data with current "
                                 "trusted certificates"));
}

TEST_F(ValidateUpdateTest, AcceptsARotationSignedByOldAndNewRootKeys) {
    store();
    const KeyId old_key = repository.keyids("root").at(0);
    const KeyId new_key = repository.add_key("root");
    repository.root.roles["root"].keyids = {new_key};
    repository.root.version = Version(2);
    repository.files["root"] = repository.sign(to_json(repository.root), {old_key, new_key});

    EXPECT_NO_THROW((void)upload({"root"}));

    repository.files["root"] = repository.sign(to_json(repository.root), {new_key});
    EXPECT_NE(refusal({"root"}, UpdatePart::Root), "accepted");
    repository.files["root"] = repository.sign(to_json(repository.root), {old_key});
    EXPECT_NE(refusal({"root"}, UpdatePart::Root), "accepted");
}

TEST_F(ValidateUpdateTest, WantsRootCertificatesOfThisGun) {
    EXPECT_THROW(
        (void)validate_update(Gun("example/other"), stored, parse_upload(files({"root", "targets"})), repository.now),
        UpdateError);
}

TEST_F(ValidateUpdateTest, AnExpiredRootCertificateDoesNotBlockTheRotationThatReplacesIt) {
    store();
    const KeyId old_key = repository.keyids("root").at(0);
    repository.now = repository.now + 24h * 4000;
    const KeyId new_key = repository.add_key("root");
    repository.root.roles["root"].keyids = {new_key};
    repository.root.version = Version(2);
    repository.root.expires = repository.now + 24h;
    repository.files["root"] = repository.sign(to_json(repository.root), {old_key, new_key});

    EXPECT_NO_THROW((void)upload({"root"}));
}

TEST_F(ValidateUpdateTest, RefusesExpiredFiles) {
    store();
    repository.targets.version = Version(2);
    repository.targets.expires = *parse_rfc3339("2026-11-20T19:07:54Z");
    repository.publish();
    EXPECT_EQ(refusal({"targets"}, UpdatePart::Targets), "targets expired at Fri Nov 20 19:07:54 UTC 2026");
}

TEST_F(ValidateUpdateTest, RefusesTargetsOfUnlistedKeys) {
    store();
    const auto stranger = repository.keyids("snapshot");
    repository.files["targets"] = repository.sign(to_json(repository.targets), stranger);

    EXPECT_TRUE(
        refusal({"targets"}, UpdatePart::Targets).starts_with("valid signatures did not meet threshold for targets"));
}

TEST_F(ValidateUpdateTest, RefusesJumpsToTheEndOfTheInteger) {
    store();
    repository.targets.version = Version(2147483647);
    repository.publish();
    EXPECT_NE(refusal({"targets"}, UpdatePart::Targets), "accepted");
    repository.targets.version = Version(10'000);
    repository.publish();
    EXPECT_EQ(refusal({"targets"}, UpdatePart::Targets), "accepted");
}

TEST_F(ValidateUpdateTest, RefusesThresholdsAboveTheNumberOfKeys) {
    repository.root.roles["timestamp"].threshold = 2;
    repository.publish();
    EXPECT_NE(refusal({"root", "targets"}, UpdatePart::Root), "accepted");
}

TEST_F(ValidateUpdateTest, RefusesMembersThatNothingSigns) {
    Json document = parse_json(repository.files["targets"]);
    document["extra"] = 1;
    repository.files["targets"] = document.dump();

    EXPECT_NE(refusal({"root", "targets"}, UpdatePart::Envelope), "accepted");
}

TEST_F(ValidateUpdateTest, LoadsTheDelegatorThatIsStored) {
    repository.add_delegation("targets/a", {""});
    store();

    const auto update = upload({"targets/a"});

    EXPECT_EQ(update.targets.size(), 1U);
    EXPECT_TRUE(update.ancestors.contains(targets_role()));
}

TEST_F(ValidateUpdateTest, AcceptsADelegationTogetherWithItsDelegator) {
    store();
    repository.add_delegation("targets/a", {""});
    repository.add_delegation("targets/a/b", {"x"});
    repository.targets.version = Version(2);
    repository.publish();

    EXPECT_EQ(upload({"targets/a/b", "targets/a", "targets"}).targets.size(), 3U);
    EXPECT_EQ(refusal({"targets/a"}, UpdatePart::Targets), "tuf: invalid role targets/a. delegation does not exist");
    EXPECT_EQ(refusal({"targets/a/b"}, UpdatePart::Targets), "targets must be loaded first");
}

TEST_F(ValidateUpdateTest, SnapshotMustListWhatComesWithIt) {
    const Bytes snapshot = repository.files["snapshot"];
    repository.add_target("v1", "hello\n");
    repository.publish();
    repository.files["snapshot"] = snapshot;

    EXPECT_TRUE(refusal({"root", "targets", "snapshot"}, UpdatePart::Snapshot).starts_with("sha256 checksum for "));
}

TEST_F(ValidateUpdateTest, IgnoresAnUploadedTimestamp) {
    repository.files["timestamp"] = R"({"signed":{},"signatures":[]})";
    EXPECT_NO_THROW((void)upload({"root", "targets", "timestamp"}));
}

TEST_F(ValidateUpdateTest, TheLastOfTwoFilesForOneRoleCounts) {
    auto uploads = files({"root", "targets"});
    uploads.insert(uploads.begin(), {targets_role(), R"({"signed":{},"signatures":[]})"});
    EXPECT_NO_THROW((void)validate_update(repository.gun, stored, parse_upload(uploads), repository.now));
}

}  // namespace
}  // namespace sello::tuf
