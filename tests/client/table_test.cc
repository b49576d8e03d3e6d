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

}  // namespace
}  // namespace sello::client
