#include "tuf/authoring/repository_editor.h"

#include <gtest/gtest.h>

#include "tests/support/repository_simulator.h"
#include "tuf/base/error.h"
#include "tuf/trust/validate_update.h"

namespace sello::tuf {
namespace {

using test::RepositorySimulator;

struct RepositoryEditorTest : testing::Test {
    RepositorySimulator repository;

    [[nodiscard]] RepositoryEditor edit() { return edit_without(root_role()); }
    /// From a pull in which this delegation was left out.
    [[nodiscard]] RepositoryEditor edit_without(const RoleName& left_out) {
        TrustedMetadata trusted(repository.gun, repository.now);
        trusted.accept_first_root(repository.files["root"], {});
        trusted.update_timestamp(repository.files["timestamp"]);
        trusted.update_snapshot(repository.files["snapshot"]);
        trusted.update_targets(targets_role(), repository.files["targets"]);
        for (const auto& [role, file] : repository.delegations)
            if (role != left_out) trusted.update_targets(role, repository.files[role.str()]);
        return RepositoryEditor(trusted);
    }

    /// Holds every key, but for those of `without`.
    [[nodiscard]] PrivateKeyFinder keys(std::set<RoleName> without = {}) const {
        return [this, without = std::move(without)](const RoleName& role, const PublicKey& key,
                                                    ByteView message) -> std::optional<Signature> {
            if (without.contains(role)) return std::nullopt;
            return repository.sign_with(key.id(), message);
        };
    }

    static const UploadedFile* find(const std::vector<UploadedFile>& files, const RoleName& role) {
        for (const UploadedFile& file : files)
            if (file.role == role) return &file;
        return nullptr;
    }
    static Target target(const std::string& content) { return describe_target(content); }
};

TEST_F(RepositoryEditorTest, UploadsOnlyWhatChangedAndASnapshotOfAll) {
    auto editor = edit();
    editor.add_target(targets_role(), "v1", target("x"));

    const auto files = editor.sign(keys(), repository.now);

    ASSERT_EQ(files.size(), 2U);
    const auto targets = decode_targets(parse_envelope(find(files, targets_role())->bytes), targets_role());
    const auto snapshot = decode_snapshot(parse_envelope(find(files, snapshot_role())->bytes));
    EXPECT_EQ(targets.payload.version, Version(2));
    EXPECT_EQ(snapshot.payload.version, Version(2));
    EXPECT_EQ(snapshot.payload.meta.at("targets"), describe_file(targets.bytes));
    EXPECT_EQ(snapshot.payload.meta.at("root"), describe_file(repository.files["root"]));
}

TEST_F(RepositoryEditorTest, WhatItSignsIsAccepted) {
    auto editor = edit();
    editor.add_target(targets_role(), "v1", target("x"));
    StoredState stored;
    stored.root = std::make_shared<Signed<Root>>(decode_root(parse_envelope(repository.files["root"])));

    EXPECT_NO_THROW((void)validate_update(repository.gun, stored, parse_upload(editor.sign(keys(), repository.now)),
                                          repository.now));
}

TEST_F(RepositoryEditorTest, LeavesTheSnapshotToTheServerThatHoldsItsKey) {
    auto editor = edit();
    editor.add_target(targets_role(), "v1", target("x"));

    const auto files = editor.sign(keys({snapshot_role()}), repository.now);

    EXPECT_EQ(files.size(), 1U);
    EXPECT_EQ(find(files, snapshot_role()), nullptr);
}

TEST_F(RepositoryEditorTest, NamesTheKeysOfWhichOneIsNeeded) {
    auto editor = edit();
    editor.add_target(targets_role(), "v1", target("x"));
    try {
        (void)editor.sign(keys({targets_role()}), repository.now);
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::NotFound);
        EXPECT_NE(std::string(e.what()).find(repository.keyids("targets")[0].str()), std::string::npos);
    }
}

TEST_F(RepositoryEditorTest, AddingTheSameTargetAgainChangesNothing) {
    repository.add_target("v1", "x");
    repository.publish();
    auto editor = edit();
    editor.add_target(targets_role(), "v1", repository.targets.targets.at("v1"));

    EXPECT_EQ(find(editor.sign(keys(), repository.now), targets_role()), nullptr);
}

TEST_F(RepositoryEditorTest, MakesADelegationAndItsFirstFile) {
    const auto signer = PrivateKey::generate_ecdsa_p256();
    auto editor = edit();
    DelegationEdit delegation;
    delegation.add_keys = {signer.public_key()};
    delegation.add_paths = {""};
    editor.add_delegation(RoleName("targets/releases"), delegation);
    editor.add_target(RoleName("targets/releases"), "v1", target("x"));

    const auto files = editor.sign(
        [&](const RoleName& role, const PublicKey& key, ByteView message) -> std::optional<Signature> {
            if (is_delegation(role)) return signer.sign(message, key.id());
            return repository.sign_with(key.id(), message);
        },
        repository.now);

    const auto file =
        decode_targets(parse_envelope(find(files, RoleName("targets/releases"))->bytes), RoleName("targets/releases"));
    EXPECT_EQ(file.payload.version, Version(1));
    const auto snapshot = decode_snapshot(parse_envelope(find(files, snapshot_role())->bytes));
    EXPECT_EQ(snapshot.payload.meta.at("targets/releases"), describe_file(file.bytes));
}

TEST_F(RepositoryEditorTest, RefusesNamesOutsideTheDelegationsPaths) {
    repository.add_delegation("targets/a", {"rel-"});
    repository.publish();
    auto editor = edit();

    EXPECT_THROW(editor.add_target(RoleName("targets/a"), "dev-1", target("x")), Error);
    EXPECT_NO_THROW(editor.add_target(RoleName("targets/a"), "rel-1", target("x")));
    EXPECT_THROW(editor.add_target(RoleName("targets/unknown"), "rel-1", target("x")), Error);
}

TEST_F(RepositoryEditorTest, WitnessRevivesAnUntrustedFileWithEverythingInIt) {
    repository.add_delegation("targets/a", {""});
    repository.publish();
    const RoleName role("targets/a");
    Targets untrusted;
    untrusted.version = Version(7);
    untrusted.targets["v1"] = target("x");
    auto editor = edit_without(role);
    editor.keep_untrusted(role, untrusted);

    editor.witness(role);

    const auto files = editor.sign(keys(), repository.now);
    const auto file = decode_targets(parse_envelope(find(files, role)->bytes), role);
    EXPECT_EQ(file.payload.version, Version(8));
    EXPECT_EQ(file.payload.targets, untrusted.targets);
}

TEST_F(RepositoryEditorTest, NothingIsPublishedOverAnUntrustedFileUnseen) {
    repository.add_delegation("targets/a", {""});
    repository.publish();
    const RoleName role("targets/a");
    auto editor = edit_without(role);
    editor.keep_untrusted(role, {});

    EXPECT_THROW(editor.add_target(role, "v1", target("x")), Error);
    EXPECT_EQ(find(editor.sign(keys(), repository.now), role), nullptr);
    EXPECT_THROW(editor.witness(RoleName("targets/unknown")), Error);
}

TEST_F(RepositoryEditorTest, RemovesADelegationItsKeysAndItsPlaceInTheSnapshot) {
    repository.add_delegation("targets/a", {""});
    repository.publish();
    auto editor = edit();
    editor.remove_delegation(RoleName("targets/a"));

    const auto files = editor.sign(keys(), repository.now);

    const auto targets = decode_targets(parse_envelope(find(files, targets_role())->bytes), targets_role());
    EXPECT_TRUE(targets.payload.delegations.keys.empty());
    const auto snapshot = decode_snapshot(parse_envelope(find(files, snapshot_role())->bytes));
    EXPECT_FALSE(snapshot.payload.meta.contains("targets/a"));
}

TEST_F(RepositoryEditorTest, RemovesKeysAndPathsOfADelegation) {
    const KeyId key = repository.add_delegation("targets/a", {"a", "b"});
    repository.publish();
    auto editor = edit();
    DelegationEdit change;
    change.remove_keys = {key.str()};
    change.remove_paths = {"a"};
    editor.update_delegation(RoleName("targets/a"), change);

    const auto files = editor.sign(keys(), repository.now);

    const auto targets = decode_targets(parse_envelope(find(files, targets_role())->bytes), targets_role());
    EXPECT_TRUE(targets.payload.delegations.roles[0].keys.keyids.empty());
    EXPECT_EQ(targets.payload.delegations.roles[0].paths, std::vector<std::string>{"b"});
}

TEST_F(RepositoryEditorTest, WitnessSignsARoleAgainAsItIs) {
    auto editor = edit();
    editor.witness(targets_role());
    EXPECT_NE(find(editor.sign(keys(), repository.now), targets_role()), nullptr);
    EXPECT_THROW(editor.witness(snapshot_role()), Error);
}

}  // namespace
}  // namespace sello::tuf
