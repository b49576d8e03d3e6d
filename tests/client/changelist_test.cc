#include "client/changelist.h"

#include <gtest/gtest.h>

#include <fstream>

#include "client/files.h"
#include "tests/support/repository_simulator.h"
#include "tests/support/temp_dir.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

tuf::Target hello() {
    return {
        6, {{"sha256", *from_hex("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")}}, std::nullopt};
}

TEST(ChangelistTest, WritesTheFilesOfNotarysClients) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    Changelist changelist(folder / "changelist");
    changelist.stage(Change::add_target(tuf::targets_role(), "v1", hello()), {1795288044, 701708141});

    const auto staged = changelist.list();

    ASSERT_EQ(staged.size(), 1U);
    EXPECT_TRUE(staged[0].file.filename().string().starts_with("01795288044701708141_"));
    EXPECT_TRUE(staged[0].file.filename().string().ends_with(".change"));
    const std::string data = R"({"length":6,"hashes":{"sha256":"WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="}})";
    EXPECT_EQ(read_file(staged[0].file),
              concat(R"({"action":"create","role":"targets","type":"target","path":"v1","data":")", to_base64(data),
                     R"("})"));
    EXPECT_EQ(staged[0].change->data, data);
}

TEST(ChangelistTest, CanonicalisesCustomDataSoThatItVerifies) {
    tuf::Target target = hello();
    target.custom = tuf::parse_json(R"({"b":1,"a":"<"})");

    EXPECT_TRUE(
        Change::add_target(tuf::targets_role(), "v1", target).data.ends_with(R"(,"custom":{"a":"\u003c","b":1}})"));
}

TEST(ChangelistTest, ListsInTheOrderOfStagingAndRemovesOnlyWhatWasListed) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    Changelist changelist(folder / "changelist");
    changelist.stage({"create", "targets", "target", "second", "{}"}, {2, 0});
    changelist.stage({"delete", "targets", "target", "first", ""}, {1, 999'999'999});
    const auto staged = changelist.list();
    changelist.stage({"delete", "targets", "target", "third", ""}, {3, 0});

    ASSERT_EQ(staged.size(), 2U);
    EXPECT_EQ(staged[0].change->path, "first");
    EXPECT_EQ(staged[1].change->path, "second");
    Changelist::remove(staged);
    ASSERT_EQ(changelist.list().size(), 1U);
    EXPECT_EQ(changelist.list()[0].change->path, "third");
}

TEST(ChangelistTest, TellsFilesThatHoldNoChange) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    for (const char* content : {"junk", "{}", R"({"action":1,"role":"a","type":"b","path":"c"})",
                                R"({"action":"create","role":"a","type":"b","path":"c","data":"?"})"})
        std::ofstream(folder / (std::to_string(std::hash<std::string>{}(content)) + ".change")) << content;

    for (const StagedChange& staged : Changelist(folder).list()) EXPECT_FALSE(staged.change);
}

TEST(ChangelistTest, AFolderThatIsNotThereIsEmpty) {
    EXPECT_TRUE(Changelist("/nonexistent/changelist").list().empty());
}

TEST(ChangelistTest, TakesMembersOfTheWrongTypeForAbsent) {
    const test::RepositorySimulator repository;
    tuf::RepositoryEditor editor(repository.gun, tuf::decode_root(tuf::parse_envelope(repository.files.at("root"))),
                                 repository.targets, std::nullopt);

    tuf::DelegationEdit edit;
    edit.add_keys = {tuf::PrivateKey::generate_ecdsa_p256().public_key()};
    editor.add_delegation(tuf::RoleName("targets/a"), edit);
    EXPECT_NO_THROW(apply({"update", "targets/a", "delegation", "", R"({"clear_paths":"x","add_paths":1})"}, editor));
}

}  // namespace
}  // namespace sello::client
