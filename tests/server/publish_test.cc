#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <latch>

#include "server/handlers/get_metadata.h"
#include "server/handlers/notary_error.h"
#include "server/handlers/write_metadata.h"
#include "server/publish/collections.h"
#include "server/publish/renewal_sweep.h"
#include "server/signing/local_signing_service.h"
#include "server/storage/memory_metadata_store.h"
#include "tests/support/repository_simulator.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"
#include "tuf/trust/integrity.h"

namespace sello::server {
namespace {

using namespace std::chrono_literals;
using test::RepositorySimulator;

/// Local keys that can be taken away, or stop answering.
class FlakySigning final : public SigningService {
public:
    bool is_down = false;
    std::function<void()> before_signing = [] {};

    tuf::PublicKey create_key(const tuf::Gun& gun, const tuf::RoleName& role) override {
        require_up();
        return keys_.create_key(gun, role);
    }
    std::optional<tuf::PublicKey> find_key(const tuf::KeyId& id) override {
        require_up();
        return keys_.find_key(id);
    }
    tuf::Signature sign(const tuf::Gun& gun, const tuf::RoleName& role, const tuf::PublicKey& key,
                        ByteView message) override {
        require_up();
        before_signing();
        return keys_.sign(gun, role, key, message);
    }
    void check_health() override { require_up(); }

private:
    void require_up() const {
        if (is_down) throw Error(Fault::Unavailable, "rpc error: code = Unavailable desc = signer is away");
    }
    LocalSigningService keys_;
};

/// A publisher whose snapshot and timestamp keys are held by the server.
struct PublishTest : testing::Test {
    RepositorySimulator repository;
    HandSetClock clock{repository.now};
    MemoryMetadataStore store{clock};
    FlakySigning signing;
    ServingCache cache{1U << 20U};
    Collections collections{store, signing, clock, cache, {}, {}};

    PublishTest() {
        for (const char* role : {"snapshot", "timestamp"}) {
            const tuf::PublicKey key = collections.server_key(repository.gun, tuf::RoleName(role));
            repository.root.keys.emplace(key.id(), key);
            repository.root.roles[role].keyids = {key.id()};
        }
        sign();
    }

    void sign() {
        repository.files["root"] = repository.sign(tuf::to_json(repository.root), repository.keyids("root"));
        repository.files["targets"] = repository.sign(tuf::to_json(repository.targets), repository.keyids("targets"));
    }

    std::shared_ptr<const Repository> publish(const std::vector<std::string>& roles) {
        std::vector<tuf::UploadedFile> files;
        for (const std::string& role : roles) files.push_back({tuf::RoleName(role), repository.files.at(role)});
        return collections.publish(repository.gun, std::move(files)).repository;
    }

    void publish_tag(const std::string& tag) {
        repository.add_target(tag, tag);
        repository.targets.version = repository.targets.version.next();
        sign();
        publish({"targets"});
    }

    Fault refusal(const std::vector<std::string>& roles) {
        try {
            publish(roles);
        } catch (const Error& e) {
            last_refusal = e.what();
            return e.fault();
        }
        return Fault::Internal;
    }
    std::string last_refusal;

    [[nodiscard]] std::int64_t timestamp_version() {
        return collections.current(repository.gun)->timestamp->payload.version.number();
    }
};

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

TEST_F(PublishTest, TriesAFailedRenewalOfExpiredMetadataOnlyNowAndThen) {
    publish({"root", "targets"});
    signing.is_down = true;
    clock.advance(24h * 15);
    EXPECT_THROW((void)collections.current(repository.gun), Error);
    signing.is_down = false;

    EXPECT_THROW((void)collections.current(repository.gun), Error);
    EXPECT_TRUE(collections.stored(repository.gun)->find(tuf::root_role()));
    clock.advance(30s);
    EXPECT_EQ(timestamp_version(), 2);
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

TEST_F(PublishTest, RenewsTheTimestampBeforeItExpires) {
    publish({"root", "targets"});
    clock.advance(24h * 9);
    collections.renew_if_due(repository.gun);
    EXPECT_EQ(timestamp_version(), 1);

    clock.advance(24h);
    collections.renew_if_due(repository.gun);
    collections.renew_if_due(repository.gun);

    EXPECT_EQ(timestamp_version(), 2);
    EXPECT_EQ(load_repository(store, repository.gun)->timestamp->payload.version, tuf::Version(2));
}

TEST_F(PublishTest, ServesWhatIsValidWhileTheSignerIsAway) {
    publish({"root", "targets"});
    signing.is_down = true;
    clock.advance(24h * 13);
    EXPECT_THROW(collections.renew_if_due(repository.gun), Error);
    EXPECT_EQ(timestamp_version(), 1);

    clock.advance(24h * 2);

    EXPECT_THROW((void)collections.current(repository.gun), Error);
    EXPECT_TRUE(collections.stored(repository.gun)->find(tuf::root_role()));
    signing.is_down = false;
    clock.advance(30s);
    EXPECT_EQ(timestamp_version(), 2);
}

TEST_F(PublishTest, RenewsASnapshotThatTheServerHolds) {
    repository.root.expires = repository.now + 24h * 5000;
    sign();
    publish({"root", "targets"});
    clock.advance(24h * 800);
    collections.renew_if_due(repository.gun);

    const auto current = collections.current(repository.gun);

    EXPECT_EQ(current->snapshot->payload.version, tuf::Version(2));
    EXPECT_EQ(current->timestamp->payload.version, tuf::Version(2));
    tuf::require_match(current->timestamp->payload.snapshot, current->snapshot->bytes, "snapshot");
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

/// Signs when the test says so.
class HangingSigner {
public:
    explicit HangingSigner(FlakySigning& signing) {
        signing.before_signing = [this] {
            if (!asked_.try_wait()) asked_.count_down();
            answers_.wait();
        };
    }
    void wait_until_asked() { asked_.wait(); }
    void answer() { answers_.count_down(); }

private:
    std::latch asked_{1};
    std::latch answers_{1};
};

struct HangingSignerTest : PublishTest {
    GetMetadata handler{collections, store, cache, clock, {}};

    HangingSignerTest() {
        publish({"root", "targets"});
        cache.drop(repository.gun);  // what is served has to be loaded
    }
    http::Response get_current(std::string_view role) {
        return handler.current({repository.gun.str(), concat(role, ".json")}, {role});
    }
    http::Response get_version(std::string_view role) {
        return handler.by_version({repository.gun.str(), concat("1.", role, ".json")}, {role, "1"});
    }
};

TEST_F(HangingSignerTest, WhatIsStillValidIsServedWhileItIsRenewed) {
    clock.advance(24h * 10);
    HangingSigner signer(signing);
    auto renewal = std::async(std::launch::async, [&] { collections.renew_if_due(repository.gun); });
    signer.wait_until_asked();

    for (const char* role : {"root", "targets", "snapshot", "timestamp"}) {
        EXPECT_EQ(get_current(role).status, 200U) << role;
        EXPECT_EQ(get_version(role).status, 200U) << role;
    }
    EXPECT_EQ(timestamp_version(), 1);

    signer.answer();
    renewal.get();
    EXPECT_EQ(timestamp_version(), 2);
}

TEST_F(HangingSignerTest, ACollectionIsServedWhileAPublishWaits) {
    repository.add_target("v1", "v1");
    repository.targets.version = repository.targets.version.next();
    sign();
    HangingSigner signer(signing);
    auto publishing = std::async(std::launch::async, [&] { publish({"targets"}); });
    signer.wait_until_asked();

    EXPECT_EQ(get_current("timestamp").status, 200U);
    EXPECT_EQ(timestamp_version(), 1);

    signer.answer();
    publishing.get();
    EXPECT_EQ(timestamp_version(), 2);
}

TEST_F(HangingSignerTest, OnlyTimestampAndSnapshotWaitForWhatHasExpired) {
    clock.advance(24h * 15);
    HangingSigner signer(signing);
    auto expired = std::async(std::launch::async, [&] { return get_current("timestamp").status; });
    signer.wait_until_asked();

    EXPECT_EQ(get_current("root").status, 200U);
    EXPECT_EQ(get_current("targets").status, 200U);
    EXPECT_EQ(get_version("timestamp").status, 200U);
    EXPECT_EQ(collections.server_key(repository.gun, tuf::timestamp_role()).id(), repository.keyids("timestamp").at(0));

    signer.answer();
    EXPECT_EQ(expired.get(), 200U);
    EXPECT_EQ(timestamp_version(), 2);
}

TEST_F(HangingSignerTest, OnlySoManyReadersWaitForIt) {
    Collections narrow(store, signing, clock, cache, {}, {}, 1);
    clock.advance(24h * 15);
    HangingSigner signer(signing);
    auto waiting = std::async(std::launch::async, [&] { return narrow.current(repository.gun); });
    signer.wait_until_asked();

    try {
        (void)narrow.current(repository.gun);
        ADD_FAILURE() << "did not refuse";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::ResourceExhausted);
    }

    signer.answer();
    EXPECT_EQ(waiting.get()->timestamp->payload.version, tuf::Version(2));
}

/// The next try counts from when the signer failed, not from when it was asked.
TEST_F(PublishTest, ASignerThatFailsSlowlyIsLeftAloneForAsLong) {
    publish({"root", "targets"});
    clock.advance(24h * 15);
    signing.before_signing = [&] {
        clock.advance(60s);
        throw Error(Fault::DeadlineExceeded, "signer hangs");
    };
    EXPECT_THROW((void)collections.current(repository.gun), Error);
    signing.before_signing = [] {};

    EXPECT_THROW((void)collections.current(repository.gun), Error);
    clock.advance(30s);
    EXPECT_EQ(timestamp_version(), 2);
}

/// A collection under a server whose snapshots do not outlive its timestamps by much.
struct ShortSnapshotTest : PublishTest {
    /// Lets the sweep look every hour, for 60 days. True if nothing ever expired.
    bool stays_valid(std::chrono::hours timestamp_life, std::chrono::hours snapshot_life) {
        const FreshnessSettings freshness{.lifetimes = {.snapshot = snapshot_life, .timestamp = timestamp_life}};
        Collections brief(store, signing, clock, cache, freshness, {});
        RenewalSweep sweep(brief, store, clock, 1h);
        std::vector<tuf::UploadedFile> files;
        for (const char* role : {"root", "targets"}) files.push_back({tuf::RoleName(role), repository.files.at(role)});
        (void)brief.publish(repository.gun, std::move(files));
        for (int hour = 0; hour < 24 * 60; ++hour) {
            clock.advance(1h);
            (void)sweep.run_once();
            const auto served = brief.stored(repository.gun);
            const auto ends = std::min(served->snapshot->payload.expires, served->timestamp->payload.expires);
            if (ends <= clock.now()) return false;
        }
        return true;
    }
};

TEST_F(ShortSnapshotTest, ASnapshotThatLivesShorterThanATimestampIsRenewedInTime) {
    EXPECT_TRUE(stays_valid(24h * 14, 24h));
}

TEST_F(ShortSnapshotTest, ASnapshotThatLivesLittleLongerThanATimestampIsRenewedInTime) {
    EXPECT_TRUE(stays_valid(24h * 14, 24h * 15));
}

TEST_F(PublishTest, SweepRenewsWhatNobodyAsksFor) {
    publish({"root", "targets"});
    RenewalSweep sweep(collections, store, clock, 1h);
    EXPECT_EQ(sweep.run_once(), 0U);
    clock.advance(24h * 10);

    EXPECT_EQ(sweep.run_once(), 1U);

    EXPECT_EQ(load_repository(store, repository.gun)->timestamp->payload.version, tuf::Version(2));
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

TEST(ServingCacheTest, IsBoundedAndForgetsWhatWasUsedLeast) {
    ServingCache cache(160'000);
    const auto repository = std::make_shared<Repository>();
    for (int i = 0; i < 2000; ++i) cache.put(tuf::Gun("g" + std::to_string(i)), repository, 100);

    EXPECT_EQ(cache.repository(tuf::Gun("g0")), nullptr);
    EXPECT_EQ(cache.repository(tuf::Gun("g1999")), repository);
}

TEST(ServingCacheTest, OneCollectionAskedForInManyWaysStaysWithinItsBound) {
    ServingCache cache(160'000);
    const tuf::Gun gun("a/b");
    cache.put(gun, std::make_shared<Repository>(), 100);
    const auto answer = std::make_shared<const http::PreparedResponse>(
        http::prepare({200, {}, std::make_shared<const std::string>(1000, 'x')}));
    for (int i = 0; i < 100; ++i) cache.put_answer(gun, std::to_string(i) + ".root.json", answer, false);

    EXPECT_EQ(cache.find("a/b", "0.root.json", 1), nullptr);
    EXPECT_EQ(cache.find("a/b", "99.root.json", 1), answer);
}

TEST(ServingCacheTest, CurrentAnswersEndWithTheirFreshness) {
    ServingCache cache(1U << 20U);
    const tuf::Gun gun("a/b");
    const auto answer = std::make_shared<const http::PreparedResponse>(
        http::prepare({200, {}, std::make_shared<const std::string>("x")}));
    cache.put_answer(gun, "timestamp.json", answer, true);
    EXPECT_EQ(cache.find("a/b", "timestamp.json", 1), nullptr);

    cache.put(gun, std::make_shared<Repository>(), 100);
    cache.put_answer(gun, "timestamp.json", answer, true);
    cache.put_answer(gun, "1.root.json", answer, false);

    EXPECT_EQ(cache.find("a/b", "timestamp.json", 99), answer);
    EXPECT_EQ(cache.find("a/b", "timestamp.json", 100), nullptr);
    EXPECT_EQ(cache.find("a/b", "1.root.json", 100), answer);
    cache.drop(gun);
    EXPECT_EQ(cache.find("a/b", "1.root.json", 1), nullptr);
}

}  // namespace
}  // namespace sello::server
