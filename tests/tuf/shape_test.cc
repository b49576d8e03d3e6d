// Documents in which one member is of another JSON type, or not there, in both dialects.
#include <gtest/gtest.h>

#include "tests/support/repository_simulator.h"
#include "tests/support/tuf_simulator.h"
#include "tuf/base/mismatch.h"
#include "tuf/metadata/codec.h"

namespace sello::tuf {
namespace {

/// Whether a member has to be there, of its type. Null stands for one that is not there in Go, and so in Notary.
enum class Need { Always, IfPresent, IfPresentAndNotNull };

struct Member {
    std::string pointer;
    Need need = Need::Always;
};

/// A good document, and those of its members whose type matters.
struct Document {
    Dialect dialect;
    std::string role;
    Json signed_part;
    std::vector<Member> members;
};

void decode(const Document& document, const Json& signed_part) {
    const Json whole = {{"signed", signed_part}, {"signatures", Json::array()}};
    Envelope envelope = parse_envelope(whole.dump(), document.dialect);
    if (document.role == "root")
        (void)decode_root(std::move(envelope));
    else if (document.role == "snapshot")
        (void)decode_snapshot(std::move(envelope));
    else if (document.role == "timestamp")
        (void)decode_timestamp(std::move(envelope));
    else
        (void)decode_targets(std::move(envelope), targets_role());
}

/// Anything but a Mismatch that says what it wanted leaves the test.
bool is_refused(const Document& document, const Json& signed_part) {
    try {
        decode(document, signed_part);
    } catch (const Mismatch& e) {
        EXPECT_FALSE(e.expected().empty() || e.found().empty()) << e.what();
        return true;
    }
    return false;
}

Json signed_part_of(const Bytes& document) { return parse_json(document).at("signed"); }

std::vector<Document> notary_documents() {
    test::RepositorySimulator repository;
    repository.add_delegation("targets/a", {"x"});
    repository.add_target("v1", "hello\n");
    repository.publish();
    const std::string key = "/keys/" + repository.keyids("targets").front().str();
    const auto document = [&](const char* role, std::vector<Member> members) {
        members.insert(members.end(), {{"/_type"}, {"/version"}, {"/expires"}});
        return Document{Dialect::Notary, role, signed_part_of(repository.files.at(role)), std::move(members)};
    };
    constexpr Need go = Need::IfPresentAndNotNull;
    const auto listed = [](const std::string& at) {
        return std::vector<Member>{{at}, {at + "/length", go}, {at + "/hashes"}, {at + "/hashes/sha256"}};
    };
    std::vector<Member> snapshot = listed("/meta/root");
    const std::vector<Member> more = listed("/meta/targets");
    snapshot.insert(snapshot.end(), more.begin(), more.end());
    snapshot.push_back({"/meta"});
    std::vector<Member> timestamp = listed("/meta/snapshot");
    timestamp.push_back({"/meta"});
    const std::string role = "/delegations/roles/0";
    return {document("root", {{"/consistent_snapshot", go},
                              {"/keys"},
                              {key},
                              {key + "/keytype"},
                              {key + "/keyval"},
                              {key + "/keyval/public"},
                              {"/roles"},
                              {"/roles/targets"},
                              {"/roles/targets/threshold"},
                              {"/roles/targets/keyids", go},
                              {"/roles/targets/keyids/0", Need::IfPresent}}),
            document("targets", {{"/targets", go},
                                 {"/targets/v1", Need::IfPresent},
                                 {"/targets/v1/length", go},
                                 {"/targets/v1/hashes", go},
                                 {"/targets/v1/hashes/sha256", Need::IfPresent},
                                 {"/delegations", go},
                                 {"/delegations/keys"},
                                 {"/delegations/roles", go},
                                 {role, Need::IfPresent},
                                 {role + "/name"},
                                 {role + "/threshold"},
                                 {role + "/keyids", go},
                                 {role + "/keyids/0", Need::IfPresent},
                                 {role + "/paths", go},
                                 {role + "/paths/0", Need::IfPresent}}),
            document("snapshot", snapshot), document("timestamp", timestamp)};
}

Document tuf_document(const char* role, const Bytes& bytes, std::vector<Member> members) {
    members.insert(members.end(), {{"/_type"}, {"/spec_version"}, {"/version"}, {"/expires"}});
    return {Dialect::Tuf, role, signed_part_of(bytes), std::move(members)};
}

std::vector<Document> tuf_documents() {
    test::TufSimulator repository;
    repository.delegate("targets", "team", {"a/*"}, true);
    repository.delegate("targets", "hashed", {"00"}).rule = PathRule::HashPrefixes;
    repository.add_target("targets", "v1", "hello\n");
    repository.publish();
    test::TufSimulator binned;
    binned.delegate_bins(1, "bin");
    binned.publish();
    constexpr Need optional = Need::IfPresent;
    const auto listed = [](const std::string& at) {
        return std::vector<Member>{{"/meta"},
                                   {at + "/version"},
                                   {at + "/length", optional},
                                   {at + "/hashes", optional},
                                   {at + "/hashes/sha256", optional}};
    };
    std::vector<Member> timestamp = listed("/meta/snapshot.json");
    timestamp.push_back({"/meta/snapshot.json"});
    std::vector<Member> snapshot = listed("/meta/team.json");
    snapshot.push_back({"/meta/team.json", optional});
    std::vector<Member> root{{"/consistent_snapshot", optional}, {"/keys"}, {"/roles"}};
    for (const char* role : {"root", "targets", "snapshot", "timestamp"}) {
        const std::string at = concat("/roles/", role);
        root.insert(root.end(), {{at}, {at + "/threshold"}, {at + "/keyids"}, {at + "/keyids/0", optional}});
    }
    const std::string role = "/delegations/roles/0";
    const std::string bins = "/delegations/succinct_roles";
    return {
        tuf_document("root", repository.files["1.root.json"], root),
        tuf_document("timestamp", repository.files["timestamp.json"], timestamp),
        tuf_document("snapshot", repository.files["2.snapshot.json"], snapshot),
        tuf_document("targets", repository.files["1.targets.json"],
                     {{"/targets"},
                      {"/targets/v1", optional},
                      {"/targets/v1/length"},
                      {"/targets/v1/hashes"},
                      {"/targets/v1/hashes/sha256", optional},
                      {"/delegations", Need::IfPresentAndNotNull},
                      {"/delegations/keys"},
                      {"/delegations/roles"},
                      {role, optional},
                      {role + "/name"},
                      {role + "/threshold"},
                      {role + "/keyids"},
                      {role + "/keyids/0", optional},
                      {role + "/terminating", optional},
                      {role + "/paths", optional},
                      {role + "/paths/0", optional},
                      {"/delegations/roles/1/path_hash_prefixes", optional},
                      {"/delegations/roles/1/path_hash_prefixes/0", optional}}),
        tuf_document("targets", binned.files["1.targets.json"],
                     {{bins},
                      {bins + "/keyids"},
                      {bins + "/keyids/0", optional},
                      {bins + "/threshold"},
                      {bins + "/bit_length"},
                      {bins + "/name_prefix"}}),
    };
}

std::vector<Document> documents() {
    std::vector<Document> all = notary_documents();
    for (Document& each : tuf_documents()) all.push_back(std::move(each));
    return all;
}

/// One of each JSON type, a fraction aside from integers.
const Json kOfEachType[] = {nullptr, true, 7, 1.5, "x", Json::array(), Json::object()};

Json without(Json document, const std::string& pointer) {
    const Json::json_pointer at(pointer);
    Json& owner = document.at(at.parent_pointer());
    if (owner.is_array())
        owner.erase(std::stoul(at.back()));
    else
        owner.erase(at.back());
    return document;
}

std::string describe(const Document& document, const std::string& pointer) {
    return concat(document.dialect == Dialect::Notary ? "Notary " : "TUF ", document.role, pointer);
}

TEST(ShapeTest, RefusesMembersOfAnotherTypeInBothDialects) {
    for (const Document& document : documents()) {
        ASSERT_FALSE(is_refused(document, document.signed_part)) << document.role;
        for (const auto& [pointer, need] : document.members) {
            const Json& good = document.signed_part.at(Json::json_pointer(pointer));
            for (const Json& value : kOfEachType) {
                if (value.type_name() == std::string(good.type_name()) && !value.is_number_float()) continue;
                Json bent = document.signed_part;
                bent[Json::json_pointer(pointer)] = value;
                EXPECT_EQ(is_refused(document, bent), !value.is_null() || need != Need::IfPresentAndNotNull)
                    << describe(document, pointer) << " is " << value;
            }
        }
    }
}

TEST(ShapeTest, RefusesDocumentsThatLackAMemberInBothDialects) {
    for (const Document& document : documents())
        for (const auto& [pointer, need] : document.members)
            EXPECT_EQ(is_refused(document, without(document.signed_part, pointer)), need == Need::Always)
                << describe(document, pointer);
}

std::string refusal(const Document& document, const std::string& pointer, const Json& value) {
    Json bent = document.signed_part;
    bent[Json::json_pointer(pointer)] = value;
    try {
        decode(document, bent);
    } catch (const Mismatch& e) {
        return concat(e.what(), " | ", e.expected(), " | ", e.found());
    }
    return "";
}

TEST(ShapeTest, RefusalsSayWhatWasWantedAndWhatCame) {
    const Document notary = notary_documents().front();
    const Document tuf = tuf_documents().front();
    EXPECT_EQ(refusal(notary, "/keys", 1), R"(root: "keys": want an object, got 1 | an object | 1)");
    EXPECT_EQ(refusal(notary, "/expires", "soon"),
              R"(signed: "expires": want a time as in RFC 3339, got "soon" | a time as in RFC 3339 | "soon")");
    EXPECT_EQ(refusal(notary, "/version", 0),
              "root type metadata invalid: version cannot be less than one | 1 or more | 0");
    EXPECT_EQ(refusal(tuf, "/roles/root/keyids", Json::object()),
              R"(root: role root: "keyids": want a list, got an object | a list | an object)");
    EXPECT_EQ(refusal(tuf, "/version", 1.5),
              R"(root: "version": want an integer of 64 bits, got 1.5 | an integer of 64 bits | 1.5)");
    EXPECT_EQ(refusal(tuf, "/consistent_snapshot", "yes"),
              R"(root: "consistent_snapshot": want true or false, got "yes" | true or false | "yes")");
    EXPECT_EQ(refusal(tuf, "/spec_version", ""), R"(root: "spec_version": want 1.x.y, got "" | 1.x.y | "")");
}

TEST(ShapeTest, RefusalsCutNoCharacterInTwo) {
    const std::string shown(62, 'x');
    const std::string told = refusal(tuf_documents().front(), "/keys", shown + "\xe2\x82\xac!");
    EXPECT_TRUE(told.ends_with(concat(" | \"", shown, "\""))) << told;
}

TEST(ShapeTest, DecodesOrRefusesWhateverStandsAnywhere) {
    const Json wrong[] = {nullptr,    true, -1, 1.5, "x", Json::array(), Json::object(), Json::array({nullptr}),
                          1ULL << 63U};
    for (const Document& document : documents()) {
        const Json leaves = document.signed_part.flatten();
        for (const auto& [pointer, value] : leaves.items())
            for (Json::json_pointer at(pointer); !at.empty(); at = at.parent_pointer())
                for (const Json& replacement : wrong) {
                    Json bent = document.signed_part;
                    bent[at] = replacement;
                    EXPECT_NO_THROW((void)is_refused(document, bent)) << describe(document, at.to_string());
                }
    }
}

}  // namespace
}  // namespace sello::tuf
