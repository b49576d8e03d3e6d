#include "signer/key_index.h"

#include <gtest/gtest.h>

#include "signer/last_used.h"
#include "tests/support/temp_dir.h"

namespace sello::signer {
namespace {

IndexedKey key(const std::string& public_bytes, const std::string& role = "timestamp") {
    return {.record = {tuf::PublicKey("ecdsa", public_bytes), tuf::Gun("example/app"), tuf::RoleName(role)},
            .wrapped = {"serial", Bytes("kek\0id", 6), 0x210a, Bytes("blob\0", 5)}};
}

class KeyIndexTest : public ::testing::Test {
protected:
    [[nodiscard]] std::string last_used(const tuf::KeyId& id) {
        auto rows = database_.prepare("SELECT last_used FROM private_keys WHERE key_id = $1");
        rows.bind_all(id.str());
        return rows.next() ? rows.optional_text(0).value_or("never") : "no row";
    }
    test::TempDir folder_;
    HandSetClock clock_{*parse_rfc3339("2026-11-21T20:00:00Z")};
    KeyIndex index_{folder_.path() + "/signer.db", clock_};
    schemas::Database database_{folder_.path() + "/signer.db"};
};

TEST_F(KeyIndexTest, GivesBackWhatWasStored) {
    const IndexedKey made = index_.insert_unless_pending(key("a"));

    const auto found = index_.find(made.record.public_key.id());

    ASSERT_TRUE(found);
    EXPECT_EQ(found->record.public_key, made.record.public_key);
    EXPECT_EQ(found->record.gun.str(), "example/app");
    EXPECT_EQ(found->record.role.str(), "timestamp");
    EXPECT_EQ(found->wrapped, made.wrapped);
    EXPECT_FALSE(found->has_signed);
}

TEST_F(KeyIndexTest, TheFirstOfTwoWritersStands) {
    const IndexedKey first = index_.insert_unless_pending(key("a"));

    const IndexedKey second = index_.insert_unless_pending(key("b"));

    EXPECT_EQ(second.record.public_key, first.record.public_key);
    EXPECT_FALSE(index_.find(key("b").record.public_key.id()));
}

TEST_F(KeyIndexTest, UsedAndDeletedKeysAreNotPending) {
    const auto id = index_.insert_unless_pending(key("a")).record.public_key.id();
    const auto snapshot_id = index_.insert_unless_pending(key("s", "snapshot")).record.public_key.id();

    index_.mark_used({{id, clock_.now()}});
    index_.mark_deleted(snapshot_id);

    EXPECT_FALSE(index_.find_pending("ecdsa", tuf::Gun("example/app"), tuf::timestamp_role()));
    EXPECT_FALSE(index_.find_pending("ecdsa", tuf::Gun("example/app"), tuf::snapshot_role()));
    EXPECT_TRUE(index_.find(id)->has_signed);
    EXPECT_FALSE(index_.find(snapshot_id));
}

TEST_F(KeyIndexTest, LaterUsesAreWrittenAtTheEnd) {
    const auto id = index_.insert_unless_pending(key("a")).record.public_key.id();
    {
        LastUsed uses(index_, clock_, std::chrono::hours(1));
        uses.note(id, LastUsed::Use::First);
        uses.flush();
        EXPECT_EQ(last_used(id), "2026-11-21 20:00:00");

        clock_.advance(std::chrono::minutes(5));
        uses.note(id, LastUsed::Use::Later);
        EXPECT_EQ(last_used(id), "2026-11-21 20:00:00");
    }

    EXPECT_EQ(last_used(id), "2026-11-21 20:05:00");
}

}  // namespace
}  // namespace sello::signer
