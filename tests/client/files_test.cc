#include "client/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <thread>
#include <vector>

#include "client/trust_directory.h"
#include "tests/support/temp_dir.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
}

std::ptrdiff_t files_in(const std::filesystem::path& folder) {
    return std::distance(std::filesystem::directory_iterator(folder), {});
}

TEST(FilesTest, ReplacesInOneStepForReadersOfAnyMoment) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    const auto file = folder / "a" / "b.json";
    const Bytes first(200'000, 'a');
    const Bytes second(100'000, 'b');
    replace_file(file, first);

    std::thread writer([&] {
        for (int i = 0; i < 50; ++i) replace_file(file, i % 2 == 0 ? second : first);
    });
    for (int i = 0; i < 200; ++i) {
        const auto seen = read_file(file);
        EXPECT_TRUE(seen == first || seen == second);
    }
    writer.join();

    EXPECT_EQ(mode_of(file), 0600U);
    EXPECT_EQ(mode_of(file.parent_path()), 0700U);
    EXPECT_EQ(files_in(file.parent_path()), 1);
}

TEST(FilesTest, AFailedReplacementKeepsTheOldFileAndLeavesNoDraft) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    std::filesystem::create_directory(folder / "taken");

    EXPECT_THROW(replace_file(folder / "taken", "x"), Error);
    EXPECT_EQ(files_in(folder), 1);
}

TEST(FileDraftTest, IsInPlaceOnceCommittedAndNotBefore) {
    const test::TempDir dir;
    const auto file = std::filesystem::path(dir.path()) / "file";
    replace_file(file, "old");
    FileDraft draft(file, {}, FileMode::Shared);
    draft.write("ne");
    EXPECT_EQ(read_file(file), "old");
    draft.write("w");
    draft.commit();
    EXPECT_EQ(read_file(file), "new");
    EXPECT_EQ(mode_of(file) & 0600U, 0600U);
    EXPECT_EQ(files_in(dir.path()), 1);
}

TEST(FileDraftTest, LeavesNothingWithoutCommit) {
    const test::TempDir dir;
    const auto file = std::filesystem::path(dir.path()) / "file";
    replace_file(file, "old");
    { FileDraft(file).write("new"); }
    EXPECT_EQ(read_file(file), "old");
    EXPECT_EQ(files_in(dir.path()), 1);
}

TEST(FileDraftTest, LeavesNothingWhenASignalEndsTheProcess) {
    const test::TempDir dir;
    const auto write_and_die = [&] {
        FileDraft draft(std::filesystem::path(dir.path()) / "file");
        draft.write("new");
        (void)std::raise(SIGTERM);
    };
    EXPECT_EXIT(write_and_die(), testing::KilledBySignal(SIGTERM), "");
    const Descriptor nameless(::open(dir.path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
    const int drafts = nameless.get() < 0 ? 1 : 0;  // not every file system has files without a name
    EXPECT_EQ(files_in(dir.path()), drafts);
}

TEST(FileDraftTest, TakesANameInTheWorkingDirectory) {
    const test::TempDir dir;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(dir.path());
    EXPECT_NO_THROW(replace_file("file", "content"));
    std::filesystem::current_path(before);
    EXPECT_EQ(read_file(std::filesystem::path(dir.path()) / "file"), "content");
}

TEST(FilesTest, AbsenceIsAnAnswer) { EXPECT_EQ(read_file("/nonexistent/file"), std::nullopt); }

TEST(FilesTest, ReadsAnEmptyFile) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    replace_file(folder / "empty", "");
    EXPECT_EQ(read_file(folder / "empty"), Bytes());
}

TEST(TrustDirectoryTest, LaysFilesOutAsNotarysClientsDo) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    const TrustDirectory directory(folder);
    directory.save(tuf::Gun("registry:5000/a/b"), tuf::RoleName("targets/releases"), "{}");

    EXPECT_EQ(read_file(folder / "tuf/registry:5000/a/b/metadata/targets/releases.json"), "{}");
    EXPECT_EQ(directory.load(tuf::Gun("registry:5000/a/b"), tuf::RoleName("targets/releases")), "{}");
    EXPECT_EQ(directory.load(tuf::Gun("registry:5000/a/b"), tuf::targets_role()), std::nullopt);
}

}  // namespace
}  // namespace sello::client
