#include "client/table.h"

#include <gtest/gtest.h>

#include "client/printable.h"
#include "client/session.h"

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

TEST(TableTest, EscapesWhatWouldDriveATerminal) {
    EXPECT_EQ(format_table({"NAME"}, {{"a\x1b[2J\nb\x7f"}}), "NAME\n----\na\\x1b[2J\\nb\\x7f\n");
}

TEST(PrintableTest, EscapesControlCharactersAndNothingElse) {
    EXPECT_EQ(printable("plain \\ text"), "plain \\ text");
    EXPECT_EQ(printable("\t\r\x01"), "\\t\\r\\x01");
    EXPECT_EQ(printable("caf\xc3\xa9"), "caf\xc3\xa9");
    EXPECT_EQ(printable("\xc2\x9b"
                        "31m"),
              "\\x9b31m");
}

TEST(TellTest, SaysOneLineWhateverIsInIt) {
    testing::internal::CaptureStderr();
    tell("left out targets/a\x1b[2J\nsello: all is well");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "left out targets/a\\x1b[2J\\nsello: all is well\n");
}

}  // namespace
}  // namespace sello::client
