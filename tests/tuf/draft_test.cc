// Roles of m keys out of n: making them, and collecting their signatures one by one.
#include "tuf/authoring/draft.h"

#include <gtest/gtest.h>

#include "tests/support/repository_simulator.h"
#include "tests/support/tuf_simulator.h"
#include "tuf/authoring/repository_editor.h"
#include "tuf/authoring/role_edit.h"
#include "tuf/base/error.h"
#include "tuf/metadata/tuf_codec.h"

namespace sello::tuf {
namespace {

/// Three people who hold a key each, two of whom must sign.
struct DraftTest : testing::Test {
    std::vector<PrivateKey> people;
    Root root;

    DraftTest() {
        std::vector<PublicKey> listed;
        for (int i = 0; i < 3; ++i) {
            people.push_back(PrivateKey::generate_ed25519());
            listed.push_back(tuf1::public_key(people.back()));
        }
        root.expires = {1'900'000'000, 0};
        for (const char* role : {"root", "timestamp", "snapshot", "targets"})
            set_role_keys(root, RoleName(role), listed, 2);
    }

    [[nodiscard]] Signature signature(std::size_t person, ByteView message) const {
        return tuf1::sign(people[person], message, tuf1::public_key(people[person]).id());
    }
    [[nodiscard]] Draft draft() const { return {Dialect::Tuf, root_role(), tuf1::encode(root)}; }
    [[nodiscard]] SignatureTally report(const Draft& of) const { return of.report(root.role("root"), root.keys); }
};

TEST_F(DraftTest, CollectsSignaturesUntilThereAreEnough) {
    Draft first = draft();
    EXPECT_EQ(report(first).valid, 0);
    EXPECT_EQ(report(first).keys.size(), 3U);
    EXPECT_EQ(report(first).keys[0].reason, "has not signed");

    first.add(signature(0, first.message()), root.role("root"), root.keys);
    Draft second = Draft::parse(first.bytes(), Dialect::Tuf, root_role());
    EXPECT_FALSE(report(second).met());
    EXPECT_EQ(second.message(), first.message());

    second.add(signature(2, second.message()), root.role("root"), root.keys);
    EXPECT_TRUE(report(second).met());
    const auto done = decode_root(parse_envelope(second.bytes(), Dialect::Tuf));
    EXPECT_NO_THROW(require_threshold(done.message, done.signatures, root.role("root"), root.keys, "root"));
}

TEST_F(DraftTest, TakesNoSignatureThatDoesNotCountAndSaysWhy) {
    Draft mine = draft();
    mine.add(signature(0, mine.message()), root.role("root"), root.keys);
    const Bytes before = mine.bytes();
    const auto refused = [&](Signature signature) -> std::string {
        try {
            mine.add(std::move(signature), root.role("root"), root.keys);
        } catch (const Refusal& refusal) {
            return refusal.details().keys.at(0).reason;
        }
        return "taken";
    };
    EXPECT_EQ(refused(signature(1, "another message")), "it does not verify");
    const PrivateKey stranger = PrivateKey::generate_ed25519();
    EXPECT_EQ(refused(tuf1::sign(stranger, mine.message(), tuf1::public_key(stranger).id())), "not a key of the role");
    EXPECT_EQ(mine.bytes(), before);
    EXPECT_EQ(refused(signature(0, mine.message())), "taken");
    EXPECT_EQ(mine.signatures().size(), 1U);
}

TEST_F(DraftTest, ReportsABadSignatureThatCameWithTheFile) {
    Draft mine = draft();
    mine.add(signature(0, mine.message()), root.role("root"), root.keys);
    Json damaged = parse_json(mine.bytes());
    damaged["signatures"].push_back({{"keyid", tuf1::public_key(people[1]).id().str()}, {"sig", "00"}});
    const Draft read = Draft::parse(damaged.dump(), Dialect::Tuf, root_role());
    const SignatureTally tally = report(read);
    EXPECT_EQ(tally.valid, 1);
    EXPECT_TRUE(tally.keys[0].counted);
    EXPECT_EQ(tally.keys[1].reason, "its length is wrong for the key");
    EXPECT_EQ(tally.keys[2].reason, "has not signed");

    Draft cleaned = read;
    cleaned.drop_useless({{&root.role("root"), &root.keys}});
    EXPECT_EQ(cleaned.signatures().size(), 1U);
}

TEST_F(DraftTest, KeepsWhatItDoesNotKnowBesideTheSignedPart) {
    Draft mine = draft();
    mine.add(signature(0, mine.message()), root.role("root"), root.keys);
    Json extended = parse_json(mine.bytes());
    extended["x-outer"] = 1;
    extended["signatures"][0]["x-bundle"] = "b";
    Draft read = Draft::parse(extended.dump(), Dialect::Tuf, root_role());
    read.add(signature(1, read.message()), root.role("root"), root.keys);
    const Json written = parse_json(read.bytes());
    EXPECT_EQ(written["x-outer"], 1);
    EXPECT_EQ(written["signatures"][0]["x-bundle"], "b");
    EXPECT_EQ(written["signatures"].size(), 2U);
}

TEST_F(DraftTest, RefusesADocumentOfAnotherRole) {
    EXPECT_THROW((void)Draft::parse(draft().bytes(), Dialect::Tuf, targets_role()), Error);
}

TEST_F(DraftTest, MakesNoRoleThatCannotBeSignedForAsItSays) {
    const PublicKey key = tuf1::public_key(people[0]);
    const PublicKey twin(KeyId("another id"), key.type_name(), key.scheme_name(), key.bytes());
    const PublicKey broken(KeyId("broken"), "ed25519", "ed25519", "zz");
    const Root before = root;
    const std::vector<std::pair<std::vector<PublicKey>, std::int64_t>> impossible = {
        {{key}, 0}, {{key}, -1}, {{key}, 2}, {{}, 1}, {{key, key}, 1}, {{key, twin}, 2}, {{broken}, 1}};
    for (const auto& [keys, threshold] : impossible)
        EXPECT_THROW(set_role_keys(root, targets_role(), keys, threshold), Error) << threshold;
    EXPECT_EQ(root, before);
}

TEST_F(DraftTest, DropsKeysThatNobodyUses) {
    const std::vector<PublicKey> one = {tuf1::public_key(people[0])};
    for (const char* role : {"root", "timestamp", "snapshot", "targets"}) set_role_keys(root, RoleName(role), one, 1);
    EXPECT_EQ(root.keys.size(), 1U);
    Delegations delegations;
    set_delegation(delegations, {RoleName("a"), {}, {"*"}, PathRule::Patterns, false}, one, 1);
    set_delegation(delegations, {RoleName("a"), {}, {"b*"}, PathRule::Patterns, true},
                   {tuf1::public_key(people[1]), tuf1::public_key(people[2])}, 2);
    EXPECT_EQ(delegations.roles.size(), 1U);
    EXPECT_EQ(delegations.keys.size(), 2U);
    EXPECT_TRUE(delegations.roles[0].terminating);
}

TEST(NotaryDraftTest, TwoOfThreePublishADelegation) {
    test::RepositorySimulator repository;
    repository.publish();
    TrustedMetadata trusted(repository.gun, repository.now);
    trusted.accept_first_root(repository.files["root"], {});
    trusted.update_timestamp(repository.files["timestamp"]);
    trusted.update_snapshot(repository.files["snapshot"]);
    trusted.update_targets(targets_role(), repository.files["targets"]);

    std::vector<PrivateKey> people;
    DelegationEdit edit;
    for (int i = 0; i < 3; ++i) {
        people.push_back(PrivateKey::generate_ecdsa_p256());
        edit.add_keys.push_back(people.back().public_key());
    }
    edit.threshold = 2;
    edit.add_paths = {""};
    RepositoryEditor editor(trusted);
    editor.add_delegation(RoleName("targets/team"), edit);
    editor.add_target(RoleName("targets/team"), "v1", describe_target("content"));

    // The publisher holds the repository's keys and one of the team's.
    const PrivateKeyFinder held = [&](const RoleName& role, const PublicKey& key,
                                      ByteView message) -> std::optional<Signature> {
        if (role == RoleName("targets/team"))
            return key.id() == people[0].public_key().id() ? std::optional(people[0].sign(message)) : std::nullopt;
        return repository.sign_with(key.id(), message);
    };
    auto drafts = editor.drafts(held, repository.now);
    ASSERT_EQ(drafts.size(), 2U);
    EXPECT_THROW((void)editor.sign(held, repository.now), Error);
    EXPECT_THROW((void)editor.finish(drafts, held, repository.now), Refusal);

    const auto team = editor.signers_of(RoleName("targets/team"));
    Draft& waiting = drafts[1];
    EXPECT_EQ(waiting.report(*team.role, *team.keys).valid, 1);
    waiting.add(people[2].sign(waiting.message()), *team.role, *team.keys);
    const auto uploads = editor.finish(drafts, held, repository.now);
    EXPECT_EQ(uploads.size(), 3U);
    const auto file = decode_targets(parse_envelope(uploads[1].bytes), RoleName("targets/team"));
    EXPECT_EQ(file.signatures.size(), 2U);
    EXPECT_NO_THROW(require_threshold(file.message, file.signatures, *team.role, *team.keys, "targets/team"));
}

}  // namespace
}  // namespace sello::tuf
