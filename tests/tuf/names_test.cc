#include <gtest/gtest.h>

#include "tuf/base/error.h"
#include "tuf/names/gun.h"
#include "tuf/names/role_name.h"
#include "tuf/names/version.h"

namespace sello::tuf {
namespace {

TEST(GunTest, AcceptsNamesOfCollections) {
    for (const char* name : {"docker.io/library/alpine", "localhost:5000/img", "a", "a b/c", "\xc3\xbc/x", "a/..b"})
        EXPECT_EQ(Gun(name).str(), name);
    EXPECT_NO_THROW(Gun(std::string(255, 'a')));
}

TEST(GunTest, RefusesNamesThatEscapeOrCannotBeRouted) {
    for (const std::string& name :
         {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"), std::string("../x"),
          std::string("a/../b"), std::string("."), std::string("a/."), std::string("a\0b", 3), std::string("a\nb"),
          std::string("a*"), std::string("a\xff"), std::string("a\xc0\xaf"), std::string("a\xed\xa0\x80"),
          std::string(256, 'a')})
        EXPECT_THROW(Gun{name}, Error) << name;
}

TEST(RoleNameTest, TellsGoodFromBad) {
    for (const char* name : {"root", "targets", "snapshot", "timestamp", "targets/releases", "targets/a/b-c_1"})
        EXPECT_TRUE(is_notary_role(name)) << name;
    for (const char* name : {"", "Root", "target", "targets/", "targets//a", "targets/A", "targets/a.b",
                             "targets/../root", "releases", "targets/a/", "targets/ "})
        EXPECT_FALSE(is_notary_role(name)) << name;
    EXPECT_FALSE(is_notary_role("targets/" + std::string(248, 'a')));
}

TEST(RoleNameTest, KnowsTheParent) {
    EXPECT_EQ(parent(RoleName("targets/a/b")), RoleName("targets/a"));
    EXPECT_EQ(parent(RoleName("targets/a")), targets_role());
    EXPECT_EQ(parent(targets_role()), std::nullopt);
}

TEST(VersionTest, IsBounded) {
    EXPECT_THROW(Version{0}, Error);
    EXPECT_THROW(Version{-1}, Error);
    EXPECT_NO_THROW(Version{2147483648});
    EXPECT_THROW((void)Version(Version::kMax).next(), Error);
    EXPECT_EQ(Version(1).next(), Version(2));
}

TEST(RoleNameTest, TopLevelRolesAreTheFour) {
    for (const RoleName& role : {root_role(), targets_role(), snapshot_role(), timestamp_role()})
        EXPECT_TRUE(is_top_level(role)) << role.str();
    EXPECT_FALSE(is_top_level(RoleName("targets/a")));
    EXPECT_THROW((void)RoleName(""), Error);
    EXPECT_THROW((void)RoleName(std::string(1025, 'a')), Error);
    EXPECT_THROW((void)notary_role("a/b"), Error);
}

}  // namespace
}  // namespace sello::tuf
