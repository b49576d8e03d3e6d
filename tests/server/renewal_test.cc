#include <gtest/gtest.h>

#include <future>
#include <latch>

#include "server/handlers/get_metadata.h"
#include "server/publish/renewal_sweep.h"
#include "tests/server/publish_fixture.h"
#include "tuf/trust/integrity.h"

namespace sello::server {
namespace {

using namespace std::chrono_literals;

struct RenewalTest : PublishTest {};

TEST_F(RenewalTest, RenewsTheTimestampBeforeItExpires) {
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

TEST_F(RenewalTest, ServesWhatIsValidWhileTheSignerIsAway) {
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

TEST_F(RenewalTest, TriesAFailedRenewalOfExpiredMetadataOnlyNowAndThen) {
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

TEST_F(RenewalTest, RenewsASnapshotThatTheServerHolds) {
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

struct HangingSignerTest : RenewalTest {
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
TEST_F(RenewalTest, ASignerThatFailsSlowlyIsLeftAloneForAsLong) {
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
struct ShortSnapshotTest : RenewalTest {
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

TEST_F(RenewalTest, SweepRenewsWhatNobodyAsksFor) {
    publish({"root", "targets"});
    RenewalSweep sweep(collections, store, clock, 1h);
    EXPECT_EQ(sweep.run_once(), 0U);
    clock.advance(24h * 10);

    EXPECT_EQ(sweep.run_once(), 1U);

    EXPECT_EQ(load_repository(store, repository.gun)->timestamp->payload.version, tuf::Version(2));
}

}  // namespace
}  // namespace sello::server
