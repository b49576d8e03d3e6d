#include "client/tuf/metadata_directory.h"

#include <gtest/gtest.h>

#include "tuf/crypto/digest.h"

namespace sello::client {
namespace {

TEST(SafeFileNameTest, NoTwoNamesShareAFile) {
    const std::string longest(201, 'x');
    const std::string hashed = safe_file_name(longest, "");
    EXPECT_EQ(hashed, "%sha256-" + tuf::sha256_hex(longest));
    EXPECT_NE(safe_file_name(hashed, ""), hashed);
    EXPECT_EQ(safe_file_name(std::string(200, 'x'), ".json"), std::string(200, 'x') + ".json");
}

}  // namespace
}  // namespace sello::client
