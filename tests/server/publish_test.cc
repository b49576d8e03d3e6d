#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/handlers/notary_error.h"
#include "server/handlers/write_metadata.h"
#include "tests/server/publish_fixture.h"
#include "tuf/crypto/digest.h"
#include "tuf/trust/integrity.h"

namespace sello::server {
namespace {

using test::RepositorySimulator;

TEST_F(PublishTest, CompletesTheUploadWithSnapshotAndTimestamp) {
    const auto published = publish({"root", "targets"});

    EXPECT_EQ(published->snapshot->payload.version, tuf::Version(1));
    EXPECT_EQ(published->timestamp->payload.version, tuf::Version(1));
    tuf::require_match(published->timestamp->payload.snapshot, published->snapshot->bytes, "snapshot");
    tuf::require_match(published->snapshot->payload.meta.at("targets"), repository.files["targets"], "targets");
}

TEST_F(PublishTest, HashesTheBytesThatCameNotANormalForm) {
    repository.files["targets"] += "\n";
    const auto published = publish({"root", "targets"});

    EXPECT_EQ(published->snapshot->payload.meta.at("targets").hashes.at("sha256"),
              tuf::sha256(repository.files["targets"]));
    EXPECT_EQ(*load_repository(store, repository.gun)->find(tuf::targets_role())->bytes, repository.files["targets"]);
}

TEST_F(PublishTest, ReadsBackWhatWasCommitted) {
    publish({"root", "targets"});
    publish_tag("v1");

    const auto loaded = load_repository(store, repository.gun);

    EXPECT_EQ(loaded->timestamp->payload.version, tuf::Version(2));
    EXPECT_EQ(*loaded->find(tuf::targets_role())->bytes, repository.files["targets"]);
    EXPECT_EQ(loaded->root->payload, repository.root);
}

TEST_F(PublishTest, SecondPublishOfOneVersionConflicts) {
    publish({"root", "targets"});
    EXPECT_EQ(refusal({"targets"}), Fault::Conflict);
    EXPECT_EQ(timestamp_version(), 1);
}

TEST_F(PublishTest, StoresNothingWhenSigningFails) {
    signing.is_down = true;
    EXPECT_EQ(refusal({"root", "targets"}), Fault::Unavailable);
    EXPECT_THAT(last_refusal, testing::HasSubstr("signer is away, so nothing was published; try again"));
    EXPECT_TRUE(store.latest_all(repository.gun).empty());
}

TEST_F(PublishTest, RefusesAServerKeyOfAnotherCollection) {
    const tuf::PublicKey stolen = collections.server_key(tuf::Gun("example/other"), tuf::timestamp_role());
    repository.root.keys.emplace(stolen.id(), stolen);
    repository.root.roles["timestamp"].keyids = {stolen.id()};
    sign();

    EXPECT_EQ(refusal({"root", "targets"}), Fault::NotFound);
}

TEST_F(PublishTest, EmptyPublishIsAcceptedAndCostsNothing) {
    publish({"root", "targets"});
    EXPECT_FALSE(collections.publish(repository.gun, {}).is_new);
    signing.is_down = true;
    EXPECT_EQ(publish({})->timestamp->payload.version, tuf::Version(1));
    EXPECT_TRUE(store.changes({}).size() == 1);
}

TEST_F(PublishTest, ARepeatedKeyIdSignsOnce) {
    const auto key = repository.keyids("timestamp").at(0);
    repository.root.roles["timestamp"].keyids = std::vector<tuf::KeyId>(200, key);
    sign();
    EXPECT_EQ(publish({"root", "targets"})->timestamp->signatures.size(), 1U);

    repository.root.roles["timestamp"].keyids = std::vector<tuf::KeyId>(5000, key);
    repository.root.version = tuf::Version(2);
    sign();
    EXPECT_EQ(refusal({"root"}), Fault::TooLarge);
}

TEST_F(PublishTest, FirstPublishWithoutTargetsIsRefused) {
    try {
        publish({"root"});
        FAIL();
    } catch (const tuf::UpdateError& e) {
        EXPECT_EQ(e.part(), tuf::UpdatePart::General);
        EXPECT_STREQ(e.what(), "targets must be loaded first");
    }
}

TEST_F(PublishTest, KeepsTheOldServerKeyUntilARootNamesTheNewOne) {
    publish({"root", "targets"});
    const tuf::PublicKey before = collections.server_key(repository.gun, tuf::timestamp_role());
    const tuf::PublicKey next = collections.next_server_key(repository.gun, tuf::timestamp_role());
    EXPECT_EQ(collections.server_key(repository.gun, tuf::timestamp_role()), before);

    repository.root.keys.emplace(next.id(), next);
    repository.root.roles["timestamp"].keyids = {next.id()};
    repository.root.version = tuf::Version(2);
    sign();
    publish({"root"});

    EXPECT_EQ(collections.server_key(repository.gun, tuf::timestamp_role()), next);
    EXPECT_EQ(collections.current(repository.gun)->timestamp->signatures.at(0).keyid, next.id());
}

/// A store whose disk has failed.
class BrokenStore final : public MetadataStore {
public:
    std::vector<StoredMetadata> latest_all(const tuf::Gun& /*gun*/) override { fail(); }
    std::optional<StoredMetadata> by_version(const tuf::Gun& /*gun*/, const tuf::RoleName& /*role*/,
                                             tuf::Version /*version*/) override {
        fail();
    }
    std::optional<StoredMetadata> by_checksum(const tuf::Gun& /*gun*/, const tuf::RoleName& /*role*/,
                                              const std::string& /*sha256_hex*/) override {
        fail();
    }
    void commit(const tuf::Gun& /*gun*/, const std::vector<NewMetadata>& /*files*/) override { fail(); }
    bool remove(const tuf::Gun& /*gun*/) override { fail(); }
    std::vector<Change> changes(const ChangeQuery& /*query*/) override { fail(); }
    std::vector<tuf::Gun> stale_collections(const Instant& /*before*/, const std::string& /*after*/,
                                            std::size_t /*limit*/) override {
        fail();
    }
    void check_health() override { fail(); }

private:
    [[noreturn]] static void fail() { throw Error(Fault::Storage, "disk I/O error"); }
};

TEST_F(PublishTest, AStoreThatFailsIsUpdatingToPublishersAndUnknownToAllOthers) {
    BrokenStore broken;
    Collections failing(broken, signing, clock, cache, {}, {});
    const TrustPath path{"example/app", ""};
    http::Request upload;
    upload.add_header("Content-Type", "multipart/form-data; boundary=b");
    upload.body = "--b--\r\n";
    const auto answer = [](const auto& call) {
        try {
            return call();
        } catch (const Error& e) {
            return to_response({}, e);
        }
    };

    const auto published = answer([&] { return publish_metadata(failing, path, upload, GunPrefixes({})); });
    const auto deleted = answer([&] { return delete_collection(failing, path, {}); });

    EXPECT_EQ(published.status, 500U);
    EXPECT_THAT(*published.body, testing::HasSubstr("UPDATING"));
    EXPECT_EQ(deleted.status, 500U);
    EXPECT_THAT(*deleted.body, testing::HasSubstr(R"("code":"UNKNOWN","message":"unknown error","detail":{})"));
}

TEST_F(PublishTest, TheLogNamesWhoChangedWhat) {
    const TrustPath path{"example/app", ""};
    http::Request request;
    request.request_id = "f00d";
    request.remote = "192.0.2.7:443";
    const auto upload = [&](const std::vector<std::string>& roles) {
        request.add_header("Content-Type", "multipart/form-data; boundary=b");
        request.body.clear();
        for (const std::string& role : roles)
            request.body += concat("--b\r\nContent-Disposition: form-data; filename=\"", role, "\"\r\n\r\n",
                                   repository.files.at(role), "\r\n");
        request.body += "--b--\r\n";
        (void)publish_metadata(collections, path, request, GunPrefixes({}));
    };
    const auto logged = [](const auto& action) {
        testing::internal::CaptureStderr();
        action();
        return testing::internal::GetCapturedStderr();
    };
    const auto who = testing::HasSubstr(R"("request_id":"f00d","remote":"192.0.2.7:443")");

    EXPECT_THAT(logged([&] { upload({"root", "targets"}); }), testing::AllOf(testing::HasSubstr("published"), who));
    EXPECT_EQ(logged([&] { upload({}); }), "");
    EXPECT_THAT(logged([&] { (void)to_response(request, Error(Fault::NotFound, "none")); }), who);
    EXPECT_THAT(logged([&] { (void)delete_collection(collections, path, request); }),
                testing::AllOf(testing::HasSubstr("collection deleted"), who));
}

TEST_F(PublishTest, DeleteForgetsTheCollection) {
    publish({"root", "targets"});
    EXPECT_TRUE(collections.remove(repository.gun));
    EXPECT_FALSE(collections.remove(repository.gun));
    EXPECT_TRUE(collections.stored(repository.gun)->current.empty());
    EXPECT_NO_THROW(publish({"root", "targets"}));
}

TEST_F(PublishTest, FollowsASnapshotThatAClientMade) {
    RepositorySimulator own("example/own", clock.now());
    const tuf::PublicKey key = collections.server_key(own.gun, tuf::timestamp_role());
    own.root.keys.emplace(key.id(), key);
    own.root.roles["timestamp"].keyids = {key.id()};
    own.files["root"] = own.sign(tuf::to_json(own.root), own.keyids("root"));
    own.snapshot.meta["root"] = tuf::describe_file(own.files["root"]);
    own.files["snapshot"] = own.sign(tuf::to_json(own.snapshot), own.keyids("snapshot"));
    std::vector<tuf::UploadedFile> files;
    for (const char* role : {"root", "targets", "snapshot"}) files.push_back({tuf::RoleName(role), own.files.at(role)});

    const auto published = collections.publish(own.gun, std::move(files)).repository;

    EXPECT_EQ(*published->find(tuf::snapshot_role())->bytes, own.files["snapshot"]);
    EXPECT_EQ(published->timestamp->payload.snapshot, tuf::describe_file(own.files["snapshot"]));
}

}  // namespace
}  // namespace sello::server
