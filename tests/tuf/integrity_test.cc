#include "tuf/trust/integrity.h"

#include <gtest/gtest.h>

#include "tuf/trust/refusal.h"

namespace sello::tuf {
namespace {

const Hashes kHashes{{"sha256", sha256("content")}, {"sha512", sha512("content")}};

/// What a whole document is told, and one that comes byte by byte; both are the same.
std::string verdict(std::int64_t length, const Hashes& hashes, ByteView bytes, Dialect dialect) {
    const auto told = [](const auto& check) -> std::string {
        try {
            check();
            return "accepted";
        } catch (const Refusal& refusal) {
            return concat(refusal.what(), "; found ", refusal.details().found);
        }
    };
    const std::string whole = told([&] { require_match(length, hashes, bytes, "file", dialect); });
    const std::string in_pieces = told([&] {
        ContentMatch match(length, hashes, "file", dialect);
        for (const char& each : bytes) match.add(ByteView(&each, 1));
        match.require();
    });
    EXPECT_EQ(whole, in_pieces);
    return whole;
}

TEST(IntegrityTest, ContentInPiecesIsJudgedAsInOne) {
    EXPECT_EQ(verdict(7, kHashes, "content", Dialect::Tuf), "accepted");
    EXPECT_EQ(verdict(0, {{"sha256", sha256("")}}, "", Dialect::Tuf), "accepted");
    EXPECT_EQ(verdict(7, kHashes, "conten", Dialect::Tuf), "file: want 7 bytes as listed, got 6; found 6 bytes");
    EXPECT_NE(verdict(7, kHashes, "Content", Dialect::Tuf).find("sha256 checksum for file did not match"),
              std::string::npos);
    Hashes half = kHashes;
    half["sha512"] = sha512("Content");
    EXPECT_NE(verdict(7, half, "content", Dialect::Tuf).find("sha512 checksum for file did not match"),
              std::string::npos);
}

TEST(IntegrityTest, UnknownAlgorithmsArePassedOverInTheNotaryDialectOnly) {
    Hashes more = kHashes;
    more["blake2b"] = Bytes(32, 'x');
    EXPECT_EQ(verdict(7, more, "content", Dialect::Notary), "accepted");
    EXPECT_NE(verdict(7, more, "content", Dialect::Tuf).find("listed by blake2b"), std::string::npos);
    EXPECT_NE(verdict(7, {{"blake2b", Bytes(32, 'x')}}, "content", Dialect::Notary).find("no checksums for supported"),
              std::string::npos);
}

}  // namespace
}  // namespace sello::tuf
