// TUF 1.0's search for a target. Source: TUF specification, section 5.6.7, and TAP 15.
#include "tuf/trust/target_search.h"

#include <gtest/gtest.h>

#include "tuf/base/error.h"

namespace sello::tuf {
namespace {

/// Verified files by role, and the order in which a search asks for them.
struct TargetSearchTest : testing::Test {
    std::map<std::string, Targets> files{{"targets", {}}};
    std::vector<std::string> asked;

    Targets& delegate(const std::string& from, const std::string& to, const std::string& pattern,
                      bool terminating = false) {
        files.at(from).delegations.roles.push_back({RoleName(to), {}, {pattern}, PathRule::Patterns, terminating});
        return files[to];
    }

    void add_target(const std::string& role, const std::string& name) {
        files[role].targets[name] = describe_target(role);
    }

    /// The role that the target is found in; `none`, or `refused`.
    std::string search(const std::string& name, std::size_t limit = kMaxSearchedDelegations) {
        asked.clear();
        const auto load = [&](const RoleName& role, const RoleName& delegator) -> const Targets& {
            asked.push_back(concat(delegator, ">", role));
            const auto file = files.find(role.str());
            if (file == files.end()) throw Error(Fault::Untrusted, role.str());
            return file->second;
        };
        try {
            const auto found = search_target(name, load, limit);
            if (!found) return "none";
            EXPECT_EQ(found->name, name);
            EXPECT_EQ(found->target, describe_target(found->role.str()));
            return found->role.str();
        } catch (const Error&) {
            return "refused";
        }
    }
};

TEST_F(TargetSearchTest, TheNearestToTheTopWins) {
    delegate("targets", "a", "*");
    add_target("a", "x");
    EXPECT_EQ(search("x"), "a");

    add_target("targets", "x");
    EXPECT_EQ(search("x"), "targets");
    EXPECT_EQ(asked, (std::vector<std::string>{"root>targets"}));
}

TEST_F(TargetSearchTest, WalksDepthFirstInTheListedOrder) {
    delegate("targets", "a", "*");
    delegate("targets", "b", "*");
    delegate("a", "a1", "*");
    delegate("a", "a2", "*");
    add_target("b", "x");

    EXPECT_EQ(search("x"), "b");
    EXPECT_EQ(asked, (std::vector<std::string>{"root>targets", "targets>a", "a>a1", "a>a2", "targets>b"}));
}

TEST_F(TargetSearchTest, LooksOnlyWhereTheNameIsDelegated) {
    delegate("targets", "a", "dir/*");
    add_target("a", "x");

    EXPECT_EQ(search("x"), "none");
    EXPECT_EQ(asked.size(), 1U);
}

TEST_F(TargetSearchTest, ATerminatingDelegationEndsTheSearchWithItsOwnSubtree) {
    delegate("targets", "a", "*", true);
    delegate("targets", "b", "*");
    delegate("a", "a1", "*");
    add_target("b", "x");
    add_target("a1", "y");

    EXPECT_EQ(search("x"), "none");
    EXPECT_EQ(search("y"), "a1");
}

TEST_F(TargetSearchTest, ATerminatingDelegationForOtherNamesEndsNothing) {
    delegate("targets", "a", "dir/*", true);
    delegate("targets", "b", "*");
    add_target("b", "x");

    EXPECT_EQ(search("x"), "b");
}

TEST_F(TargetSearchTest, VisitsEachRoleOnceHoweverDelegationsRunInCircles) {
    delegate("targets", "a", "*");
    delegate("a", "b", "*");
    delegate("b", "a", "*");
    delegate("b", "targets", "*");

    EXPECT_EQ(search("x"), "none");
    EXPECT_EQ(asked.size(), 3U);
}

TEST_F(TargetSearchTest, SaysSoWhereItsLimitEndsIt) {
    for (int i = 0; i < 5; ++i) delegate("targets", concat("r", i), "*");
    add_target("r4", "x");

    EXPECT_EQ(search("x", 5), "r4");
    EXPECT_EQ(search("x", 4), "refused");
    EXPECT_EQ(search("y", 5), "none");
}

TEST_F(TargetSearchTest, ARoleThatCannotBeHadFailsTheSearch) {
    delegate("targets", "a", "*");
    delegate("targets", "b", "*");
    add_target("b", "x");
    files.erase("a");

    EXPECT_EQ(search("x"), "refused");
}

TEST_F(TargetSearchTest, AHashBinIsTheOnlyPlaceToLook) {
    files.at("targets").delegations.succinct = SuccinctRoles{{}, 4, "bin"};
    const RoleName bin = files.at("targets").delegations.succinct->bin_of("x");
    files[bin.str()] = {};

    EXPECT_EQ(search("x"), "none");
    add_target(bin.str(), "x");
    EXPECT_EQ(search("x"), bin.str());
    EXPECT_EQ(asked, (std::vector<std::string>{"root>targets", concat("targets>", bin)}));
}

TEST(DelegationsTest, SignersAreThoseOfTheDelegationOrOfAllBins) {
    Delegations delegations;
    delegations.roles.push_back({RoleName("a"), {{}, 2}, {}, PathRule::Patterns, false});
    EXPECT_EQ(delegations.signers_of(RoleName("a"))->threshold, 2);
    EXPECT_EQ(delegations.signers_of(RoleName("b")), nullptr);

    delegations = {};
    delegations.succinct = SuccinctRoles{{{}, 3}, 6, "bin"};
    EXPECT_EQ(delegations.signers_of(RoleName("bin-3f"))->threshold, 3);
    for (const char* name : {"bin-40", "bin-3", "bin-003f", "bin-3F", "bin-3g", "bin", "x-3f"})
        EXPECT_EQ(delegations.signers_of(RoleName(name)), nullptr) << name;
}

}  // namespace
}  // namespace sello::tuf
