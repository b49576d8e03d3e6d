#include "client/table.h"

#include <gtest/gtest.h>

namespace sello::client {
namespace {

TEST(TableTest, PadsColumnsAsNotarysClientDoes) {
    EXPECT_EQ(format_table({"NAME", "ROLE"}, {{"v1", "targets"}, {"longer", "root"}}),
              "NAME      ROLE\n"
              "----      ----\n"
              "v1        targets\n"
              "longer    root\n");
}

TEST(TableTest, CountsCharactersNotBytes) {
    EXPECT_EQ(format_table({"N", "ROLE"}, {{"é\u2028", "targets"}, {"abc", "root"}}),
              "N      ROLE\n"
              "-      ----\n"
              "é\u2028     targets\n"
              "abc    root\n");
}

}  // namespace
}  // namespace sello::client
