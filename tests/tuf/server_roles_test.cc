#include "tuf/authoring/server_roles.h"

#include <gtest/gtest.h>

#include "tests/support/repository_simulator.h"
#include "tuf/base/error.h"

namespace sello::tuf {
namespace {

using namespace std::chrono_literals;

struct ServerRolesTest : testing::Test {
    test::RepositorySimulator repository;
    Instant expires = repository.now + 24h;

    SignFunction sign = [this](const RoleName&, const PublicKey& key, ByteView message) {
        return repository.sign_with(key.id(), message);
    };

    /// Root and targets of the repository, as an upload to a server that has nothing yet.
    ValidatedUpdate first_update() {
        return validate_update(repository.gun, {},
                               parse_upload({{root_role(), repository.files.at("root")},
                                             {targets_role(), repository.files.at("targets")}}),
                               repository.now);
    }
};

TEST_F(ServerRolesTest, FirstSnapshotListsTheUploadAndIsVersionOne) {
    const Snapshot snapshot = next_snapshot(nullptr, first_update(), expires);

    EXPECT_EQ(snapshot.version, Version(1));
    EXPECT_EQ(snapshot.expires, expires);
    EXPECT_EQ(snapshot.meta.size(), 2U);
    EXPECT_EQ(snapshot.meta.at("root"), describe_file(repository.files.at("root")));
    EXPECT_EQ(snapshot.meta.at("targets"), describe_file(repository.files.at("targets")));
}

TEST_F(ServerRolesTest, NextSnapshotKeepsWhatTheUploadDoesNotBring) {
    Snapshot previous;
    previous.version = Version(7);
    previous.meta["targets/a"] = describe_file("stays");
    previous.meta["targets"] = describe_file("goes");

    const Snapshot next = next_snapshot(&previous, first_update(), expires);

    EXPECT_EQ(next.version, Version(8));
    EXPECT_EQ(next.meta.at("targets/a"), describe_file("stays"));
    EXPECT_EQ(next.meta.at("targets"), describe_file(repository.files.at("targets")));
}

TEST_F(ServerRolesTest, RenewedSnapshotListsTheSameFilesAndTheRootAnew) {
    const Snapshot renewed = renewed_snapshot(repository.snapshot, "new root", expires);

    EXPECT_EQ(renewed.version, repository.snapshot.version.next());
    EXPECT_EQ(renewed.expires, expires);
    EXPECT_EQ(renewed.meta.at("root"), describe_file("new root"));
    EXPECT_EQ(renewed.meta.at("targets"), repository.snapshot.meta.at("targets"));
}

TEST_F(ServerRolesTest, TimestampsListTheSnapshotOneVersionOn) {
    const Timestamp first = next_timestamp(nullptr, "snapshot", expires);
    const Timestamp second = next_timestamp(&first, "another", expires + 1h);

    EXPECT_EQ(first, (Timestamp{Version(1), expires, describe_file("snapshot")}));
    EXPECT_EQ(second, (Timestamp{Version(2), expires + 1h, describe_file("another")}));
}

TEST_F(ServerRolesTest, EveryKeyOfTheRoleSigns) {
    repository.add_key("snapshot");
    repository.root.roles.at("snapshot").threshold = 2;

    const auto snapshot = sign_snapshot(repository.snapshot, repository.root, sign);
    const auto timestamp = sign_timestamp(repository.timestamp, repository.root, sign);

    EXPECT_EQ(snapshot.signatures.size(), 2U);
    EXPECT_EQ(snapshot.payload, decode_snapshot(parse_envelope(snapshot.bytes)).payload);
    EXPECT_EQ(snapshot.message, decode_snapshot(parse_envelope(snapshot.bytes)).message);
    EXPECT_EQ(timestamp.payload, decode_timestamp(parse_envelope(timestamp.bytes)).payload);
}

TEST_F(ServerRolesTest, ADocumentThatItsRootRefusesNeverLeaves) {
    const auto signing_another_message = [&](const RoleName&, const PublicKey& key, ByteView) {
        return repository.sign_with(key.id(), "another message");
    };

    EXPECT_THROW((void)sign_snapshot(repository.snapshot, repository.root, signing_another_message), Error);
    repository.root.roles.at("timestamp").threshold = 2;
    EXPECT_THROW((void)sign_timestamp(repository.timestamp, repository.root, sign), Error);
}

}  // namespace
}  // namespace sello::tuf
