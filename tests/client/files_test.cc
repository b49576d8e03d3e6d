#include "client/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

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
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}), 1);
}

TEST(FilesTest, AFailedReplacementKeepsTheOldFileAndLeavesNoDraft) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    std::filesystem::create_directory(folder / "taken");

    EXPECT_THROW(replace_file(folder / "taken", "x"), Error);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
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
