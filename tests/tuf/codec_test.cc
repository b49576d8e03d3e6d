#include "tuf/metadata/codec.h"

#include <gtest/gtest.h>

#include "tests/support/repository_simulator.h"
#include "tuf/base/error.h"
#include "tuf/metadata/canonical_json.h"

namespace sello::tuf {
namespace {

using test::RepositorySimulator;

/// The message of the Error that `action` throws; empty if it throws none.
template <class Action>
std::string refusal(const Action& action) {
    try {
        action();
    } catch (const Error& e) {
        return e.what();
    }
    return {};
}

Json signed_part_of(const Bytes& document) { return parse_json(document).at("signed"); }

Envelope envelope_of(const Json& signed_part) { return parse_envelope(write_document(signed_part, {})); }

TEST(CodecTest, KeepsTheExactBytesAndUnknownMembers) {
    RepositorySimulator repository;
    Json payload = to_json(repository.targets);
    payload["x-owner"] = "@sello";
    const Bytes bytes = " " + write_document(payload, {}) + "\n";

    const auto decoded = decode_targets(parse_envelope(bytes), targets_role());

    EXPECT_EQ(decoded.bytes, bytes);
    EXPECT_EQ(decoded.message, canonical_json(payload));
    EXPECT_EQ(decoded.payload, repository.targets);
}

TEST(CodecTest, RefusesEnvelopesThatAreNone) {
    const char* const bad[] = {"null",
                               "[]",
                               "{}",
                               R"({"signed":null,"signatures":[]})",
                               R"({"signed":[],"signatures":[]})",
                               R"({"signed":{},"signatures":{}})",
                               R"({"signed":{},"signatures":[null]})",
                               R"({"signed":{},"signatures":[{"method":"ecdsa","sig":""}]})",
                               R"({"signed":{},"signatures":[{"keyid":"","method":"ecdsa","sig":""}]})",
                               R"({"signed":{},"signatures":[{"keyid":"a","method":"ecdsa","sig":"?"}]})",
                               R"({"signed":{"version":"1"},"signatures":[]})",
                               R"({"signed":{"version":1.0},"signatures":[]})",
                               R"({"signed":{"expires":"tomorrow"},"signatures":[]})"};
    for (const char* text : bad) EXPECT_THROW((void)parse_envelope(text), Error) << text;
}

TEST(CodecTest, NotesMembersBesideSignedAndSignatures) {
    EXPECT_FALSE(parse_envelope(R"({"signed":{},"signatures":[]})").has_unknown_members);
    EXPECT_TRUE(parse_envelope(R"({"signed":{},"signatures":[],"extra":1})").has_unknown_members);
}

TEST(CodecTest, RefusesRootsWithNotarysTexts) {
    const RepositorySimulator repository;
    const auto with = [&](const std::function<void(Json&)>& edit) {
        Json payload = signed_part_of(repository.files.at("root"));
        edit(payload);
        return refusal([&] { (void)decode_root(envelope_of(payload)); });
    };

    EXPECT_EQ(with([](Json&) {}), "");
    EXPECT_EQ(with([](Json& root) { root["_type"] = "root"; }),
              "root type metadata invalid: expected type Root, not root");
    EXPECT_EQ(with([](Json& root) { root["roles"].erase("snapshot"); }),
              "root type metadata invalid: missing snapshot role specification");
    EXPECT_EQ(with([](Json& root) { root["roles"]["targets"]["threshold"] = 0; }),
              "root type metadata invalid: invalid threshold specified for targets: 0 ");
    EXPECT_EQ(with([](Json& root) { root["version"] = 0; }),
              "root type metadata invalid: version cannot be less than one");
    EXPECT_NE(with([](Json& root) { root["version"] = 2147483648; }), "");
    EXPECT_EQ(with([](Json& root) { root["roles"]["targets"]["keyids"] = {"ab"}; }),
              "root type metadata invalid: key ID ab specified in targets without corresponding key");
    EXPECT_EQ(with([&](Json& root) {
                  root["keys"]["ab"] = root["keys"][repository.keyids("targets")[0].str()];
                  root["roles"]["targets"]["keyids"] = {"ab"};
              }),
              "root: key ID is not valid for key content");
}

TEST(CodecTest, RefusesDelegationsThatAreNoDirectChildren) {
    RepositorySimulator repository;
    repository.add_delegation("targets/a", {""});
    repository.publish();
    for (const char* name : {"targets/a/b", "root", "other", "targets/", "targets/A", "targets/../x"}) {
        Json payload = signed_part_of(repository.files.at("targets"));
        payload["delegations"]["roles"][0]["name"] = name;

        EXPECT_EQ(refusal([&] { (void)decode_targets(envelope_of(payload), targets_role()); }),
                  concat("targets type metadata invalid: delegation role ", name, " invalid"));
    }
    Json payload = signed_part_of(repository.files.at("targets"));
    payload["delegations"]["roles"][0] = nullptr;
    EXPECT_THROW((void)decode_targets(envelope_of(payload), targets_role()), Error);
}

TEST(CodecTest, RefusesSnapshotsWithoutTheDigestsTheyOwe) {
    const RepositorySimulator repository;
    Json payload = signed_part_of(repository.files.at("snapshot"));
    payload["meta"]["targets"]["hashes"].erase("sha256");

    EXPECT_EQ(refusal([&] { (void)decode_snapshot(envelope_of(payload)); }),
              "snapshot type metadata invalid: missing targets sha256 checksum information");
}

}  // namespace
}  // namespace sello::tuf
