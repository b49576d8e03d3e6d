#include "tuf/trust/refusal.h"

#include <gtest/gtest.h>

#include <set>

namespace sello::tuf {
namespace {

TEST(RefusalTest, EveryFaultOfADocumentHasItsCheck) {
    const std::vector<std::pair<Fault, Check>> table{
        {Fault::Malformed, Check::Shape},  {Fault::TooLarge, Check::Shape},
        {Fault::WrongType, Check::Type},   {Fault::ThresholdNotMet, Check::Signatures},
        {Fault::Rollback, Check::Version}, {Fault::VersionMismatch, Check::Version},
        {Fault::Expired, Check::Expiry},   {Fault::DigestMismatch, Check::Integrity},
        {Fault::Untrusted, Check::Anchor}, {Fault::Unavailable, Check::Other},
    };
    for (const auto& [fault, check] : table) EXPECT_EQ(check_of(fault), check) << name(check);
}

TEST(RefusalTest, EveryCheckHasANameOfItsOwn) {
    std::set<std::string_view> names;
    for (const Check check : {Check::Shape, Check::Type, Check::Signatures, Check::Version, Check::Expiry,
                              Check::Integrity, Check::Listing, Check::Anchor, Check::Other})
        EXPECT_TRUE(names.insert(name(check)).second) << name(check);
}

TEST(RefusalTest, AnErrorWithinChecksLeavesAsARefusalOfItsRoleAndVersion) {
    std::optional<Version> version;
    try {
        explained(snapshot_role(), version, [&] {
            version = Version(7);
            throw Error(Fault::Expired, "too late");
        });
        FAIL();
    } catch (const Refusal& refusal) {
        EXPECT_EQ(refusal.fault(), Fault::Expired);
        EXPECT_STREQ(refusal.what(), "too late");
        EXPECT_EQ(refusal.details().check, Check::Expiry);
        EXPECT_EQ(refusal.details().role, "snapshot");
        EXPECT_EQ(refusal.details().version, Version(7));
    }
}

TEST(RefusalTest, ARefusalKeepsWhatItsThrowerKnew) {
    try {
        explained(targets_role(), Version(2), [] {
            throw Refusal(Fault::Rollback, "old", {Check::Version, "targets/a", Version(9), "10", "9", {}});
        });
        FAIL();
    } catch (const Refusal& refusal) {
        EXPECT_EQ(refusal.details().role, "targets/a");
        EXPECT_EQ(refusal.details().version, Version(9));
        EXPECT_EQ(refusal.details().expected, "10");
        EXPECT_EQ(refusal.details().found, "9");
    }
}

}  // namespace
}  // namespace sello::tuf
