// The TUF 1.0 dialect: shapes, keys and canonical form. Vectors: an Ed25519 seed 00 01 02 ... 1f, checked with
// python-tuf.
#include "tuf/metadata/tuf_codec.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <functional>

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/digest.h"
#include "tuf/crypto/verify.h"
#include "tuf/metadata/canonical_json.h"

namespace sello::tuf {
namespace {

constexpr const char* kPublic = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
constexpr const char* kKeyId = "63d00ee3cf4f5c61ad94efa696c68f13b608fe56ecea13fb144a6fd18e9235b9";

PrivateKey vector_key() {
    Bytes seed;
    for (int i = 0; i < 32; ++i) seed += static_cast<char>(i);
    return PrivateKey(openssl::Owned<EVP_PKEY>(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets(std::as_const(seed)), seed.size())));
}

Json key_json() { return {{"keytype", "ed25519"}, {"keyval", {{"public", kPublic}}}, {"scheme", "ed25519"}}; }

Json root_json() {
    const Json role = {{"keyids", {kKeyId}}, {"threshold", 1}};
    return {{"_type", "root"},
            {"spec_version", "1.0.31"},
            {"version", 1},
            {"expires", "2030-01-02T03:04:05Z"},
            {"consistent_snapshot", true},
            {"keys", {{kKeyId, key_json()}}},
            {"roles", {{"root", role}, {"timestamp", role}, {"snapshot", role}, {"targets", role}}}};
}

Json targets_json() {
    return {{"_type", "targets"},
            {"spec_version", "1.0"},
            {"version", 3},
            {"expires", "2030-01-02T03:04:05Z"},
            {"targets", {{"v1", {{"length", 2}, {"hashes", {{"sha256", std::string(64, 'a')}}}}}}},
            {"delegations",
             {{"keys", {{kKeyId, key_json()}}},
              {"roles",
               {{{"name", "any name"},
                 {"keyids", {kKeyId}},
                 {"threshold", 1},
                 {"terminating", true},
                 {"paths", {"a/*"}}}}}}}};
}

Bytes document(const Json& signed_part) { return Json{{"signed", signed_part}, {"signatures", Json::array()}}.dump(); }

/// The fault that reading gives, Internal if it gives none.
template <class Read>
Fault fault_of(const Read& read) {
    try {
        (void)read();
    } catch (const Error& e) {
        return e.fault();
    }
    return Fault::Internal;
}

Fault root_fault(const std::function<void(Json&)>& edit) {
    Json root = root_json();
    edit(root);
    return fault_of([&] { return decode_root(parse_envelope(document(root), Dialect::Tuf)); });
}

Fault targets_fault(const std::function<void(Json&)>& edit) {
    Json targets = targets_json();
    edit(targets);
    return fault_of([&] { return decode_targets(parse_envelope(document(targets), Dialect::Tuf), targets_role()); });
}

TEST(TufKeyTest, HasTheIdOfTheWholeKeyObject) {
    EXPECT_EQ(tuf1::public_key(vector_key()).id().str(), kKeyId);
    Json owned = key_json();
    owned["x-owner"] = "@sello";
    EXPECT_EQ(sha256_hex(olpc_json(owned)), "6d490737709c3eb6d8e626a2505c3a94b599d43f6781f99c22954138cb70fe3d");
}

TEST(TufKeyTest, SignsTheKnownMessage) {
    const Bytes message =
        R"({"_type":"timestamp","expires":"2030-01-02T03:04:05Z","meta":{"snapshot.json":{"version":3}},"spec_version":"1.0.34","version":7})";
    const PrivateKey key = vector_key();
    const Signature signature = tuf1::sign(key, message, KeyId(kKeyId));
    EXPECT_EQ(to_hex(signature.sig),
              "55e6185edc895e46e7d96b4d6e3c9643af4c75472322a6894871fd9dc12c3fe78c7b577960095a80d3e43eba043fa604"
              "6257b68f8af4bf35cec3783e5ee2c70a");
    EXPECT_EQ(verify(tuf1::public_key(key), "", message, signature.sig), Verdict::Valid);
}

TEST(TufKeyTest, VerifiesEveryScheme) {
    const auto rsa = [](std::size_t bits) {
        return PrivateKey(openssl::Owned<EVP_PKEY>(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits)));
    };
    std::vector<PrivateKey> keys;
    keys.push_back(PrivateKey::generate_ed25519());
    keys.push_back(PrivateKey::generate_ecdsa_p256());
    keys.push_back(PrivateKey::generate_ecdsa_p384());
    keys.push_back(rsa(2048));
    for (const PrivateKey& key : keys) {
        const PublicKey listed = tuf1::public_key(key);
        const Bytes signature = key.sign_raw("message");
        EXPECT_EQ(verify(listed, "", "message", signature), Verdict::Valid) << listed.scheme_name();
        EXPECT_EQ(verify(listed, "", "other", signature), Verdict::Invalid) << listed.scheme_name();
        // The method of a Notary signature means nothing here.
        EXPECT_EQ(verify(listed, "rsapkcs1v15", "message", signature), Verdict::Valid) << listed.scheme_name();
    }
    const PrivateKey weak = rsa(1024);
    EXPECT_EQ(verify(tuf1::public_key(weak), "", "message", weak.sign_raw("message")), Verdict::KeyTooShort);
}

TEST(TufKeyTest, ReadsLegacySpellingsAndRefusesUnfitCurves) {
    const PrivateKey key = PrivateKey::generate_ecdsa_p256();
    const PublicKey listed = tuf1::public_key(key);
    const Bytes signature = key.sign_raw("message");
    const PublicKey legacy(KeyId("any"), "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", listed.bytes());
    EXPECT_EQ(verify(legacy, "", "message", signature), Verdict::Valid);
    const Bytes spki = to_spki(key.handle());
    const PublicKey point(KeyId("any"), "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256",
                          to_hex(ByteView(spki).substr(spki.size() - 65)));
    EXPECT_EQ(verify(point, "", "message", signature), Verdict::Valid);
    EXPECT_EQ(point.material(), listed.material());

    const PublicKey unfit(KeyId("any"), "ecdsa", "ecdsa-sha2-nistp384", listed.bytes());
    EXPECT_EQ(verify(unfit, "", "message", signature), Verdict::KeyUndecodable);
    const PublicKey mixed(KeyId("any"), "rsa", "ecdsa-sha2-nistp256", listed.bytes());
    EXPECT_EQ(verify(mixed, "", "message", signature), Verdict::MethodUnfit);
}

TEST(OlpcJsonTest, SortsByBytesAndEscapesTwoCharacters) {
    const Bytes text = olpc_json(parse_json(R"({"b":[1,-2,true,null],"a":"\u00e9\n\"\\/"})"));
    EXPECT_EQ(text, "{\"a\":\"\xc3\xa9\n\\\"\\\\/\",\"b\":[1,-2,true,null]}");
    EXPECT_TRUE(sha256_hex(text).starts_with("c369d28a279c9aba"));
    const Bytes names =
        olpc_json(parse_json("{\"\":5,\"z\":4,\"\xe2\x82\xac\":1,\"\xef\xbf\xae\":3,\"\xf0\x9f\x98\x80\":2}"));
    EXPECT_TRUE(sha256_hex(names).starts_with("3dd1ed08babb3ae5"));
}

TEST(OlpcJsonTest, KeepsIntegersOfAnySizeAndNothingElse) {
    EXPECT_EQ(olpc_json(parse_json("[9007199254740993,-0,123456789012345678901234567890]")),
              "[9007199254740993,0,123456789012345678901234567890]");
    for (const char* text : {"[1.0]", "[1e3]", "[1.5]", "[-1E400]"}) {
        const auto write = [&] { return olpc_json(parse_json(text)); };
        EXPECT_THROW((void)write(), Error) << text;
    }
}

TEST(TufEnvelopeTest, TellsWhatIsNoDocument) {
    const auto fault = [](const Bytes& text) { return fault_of([&] { return parse_envelope(text, Dialect::Tuf); }); };
    const std::string sig = R"({"keyid":"a","sig":""})";
    EXPECT_EQ(fault(R"({"signed":{},"signatures":[)" + sig + "]}"), Fault::Internal);
    EXPECT_EQ(fault(R"({"signed":{},"signatures":[)" + sig + "," + sig + "]}"), Fault::Malformed);
    for (const char* text :
         {"[]", "{}", R"({"signed":{}})", R"({"signed":[],"signatures":[]})", R"({"signed":{},"signatures":{}})",
          R"({"signed":{},"signatures":[{"keyid":"a"}]})", R"({"signed":{},"signatures":[{"keyid":1,"sig":""}]})"})
        EXPECT_EQ(fault(text), Fault::Malformed) << text;
}

TEST(TufEnvelopeTest, KeepsUndecodableSignaturesAsOnesThatDoNotVerify) {
    const auto envelope = parse_envelope(
        R"({"signed":{},"signatures":[{"keyid":"a","sig":"xyz"},{"keyid":"b","sig":"ABCD"}]})", Dialect::Tuf);
    EXPECT_EQ(envelope.signatures.at(0).sig, "");
    EXPECT_EQ(envelope.signatures.at(1).sig, "\xab\xcd");
}

TEST(TufRootTest, ReadsWhatIsThereAndToleratesWhatItDoesNotKnow) {
    EXPECT_EQ(root_fault([](Json&) {}), Fault::Internal);
    EXPECT_EQ(root_fault([](Json& r) { r["unknown"] = {{"deep", Json::array({1})}}; }), Fault::Internal);
    EXPECT_EQ(root_fault([](Json& r) { r.erase("consistent_snapshot"); }), Fault::Internal);
    EXPECT_EQ(root_fault([](Json& r) { r["roles"]["targets"]["keyids"] = {"no key of this id"}; }), Fault::Internal);
    EXPECT_EQ(root_fault([](Json& r) {
                  r["keys"]["x"] = {{"keytype", "new"}, {"scheme", "s"}, {"keyval", {{"a", 1}}}};
              }),
              Fault::Internal);
    EXPECT_EQ(root_fault([](Json& r) { r["roles"]["targets"]["threshold"] = 5; }), Fault::Internal);
    EXPECT_EQ(root_fault([](Json& r) { r["keys"]["y"] = 7; }), Fault::Internal);
    EXPECT_EQ(root_fault([](Json& r) { r["keys"]["y"] = {{"keytype", 1}, {"keyval", "text"}}; }), Fault::Internal);
    EXPECT_EQ(root_fault([](Json& r) { r["keys"][std::string(2000, 'k')] = key_json(); }), Fault::Internal);
}

TEST(TufRootTest, PassesOverKeyIdsThatNoKeyCanHave) {
    Json root = root_json();
    root["roles"]["targets"]["keyids"] = {"", kKeyId, std::string(1025, 'k')};
    const RoleKeys read = decode_root(parse_envelope(document(root), Dialect::Tuf)).payload.role("targets");
    EXPECT_EQ(read.keyids, std::vector<KeyId>{KeyId(kKeyId)});
    for (const std::string& id : {std::string(), std::string(1025, 'k')})
        EXPECT_EQ(root_fault([&](Json& r) { r["roles"]["targets"]["keyids"] = {id, kKeyId, id}; }), Fault::Malformed);
}

TEST(TufRootTest, RefusesWrongShapes) {
    const std::vector<std::function<void(Json&)>> edits = {
        [](Json& r) { r["version"] = 0; },
        [](Json& r) { r["version"] = -1; },
        [](Json& r) { r["version"] = "1"; },
        [](Json& r) { r["version"] = true; },
        [](Json& r) { r["version"] = 18446744073709551615ULL; },
        [](Json& r) { r.erase("version"); },
        [](Json& r) { r["expires"] = "2030-01-02T03:04:05.5Z"; },
        [](Json& r) { r["expires"] = "2030-01-02T03:04:05+00:00"; },
        [](Json& r) { r["expires"] = "2030-02-30T03:04:05Z"; },
        [](Json& r) { r["spec_version"] = "2.0.0"; },
        [](Json& r) { r["spec_version"] = "1"; },
        [](Json& r) { r["spec_version"] = "1.0.x"; },
        [](Json& r) { r["spec_version"] = "1..0"; },
        [](Json& r) { r["consistent_snapshot"] = 1; },
        [](Json& r) { r["roles"].erase("snapshot"); },
        [](Json& r) { r["roles"]["root"]["threshold"] = 0; },
        [](Json& r) { r["roles"]["root"]["threshold"] = -1; },
        [](Json& r) { r["roles"]["root"]["threshold"] = 1.0; },
        [](Json& r) {
            r["roles"]["root"]["keyids"] = {kKeyId, kKeyId};
        },
        [](Json& r) { r["roles"]["root"]["keyids"] = kKeyId; },
        [](Json& r) { r["keys"] = Json::array(); },
    };
    for (std::size_t i = 0; i < edits.size(); ++i) EXPECT_EQ(root_fault(edits[i]), Fault::Malformed) << i;
    EXPECT_EQ(root_fault([](Json& r) { r["_type"] = "Root"; }), Fault::WrongType);
    EXPECT_EQ(root_fault([](Json& r) { r["_type"] = "targets"; }), Fault::WrongType);
}

TEST(TufTargetsTest, RefusesWrongShapes) {
    EXPECT_EQ(targets_fault([](Json&) {}), Fault::Internal);
    const auto role = [](Json& t) -> Json& { return t["delegations"]["roles"][0]; };
    const std::vector<std::function<void(Json&)>> edits = {
        [](Json& t) { t["targets"]["v1"]["hashes"] = Json::object(); },
        [](Json& t) { t["targets"]["v1"].erase("hashes"); },
        [](Json& t) { t["targets"]["v1"]["length"] = -1; },
        [](Json& t) { t["targets"]["v1"]["hashes"]["sha256"] = "zz"; },
        [](Json& t) { t.erase("targets"); },
        [](Json& t) { t["delegations"].erase("keys"); },
        [](Json& t) { t["delegations"].erase("roles"); },
        [&](Json& t) { role(t)["name"] = ""; },
        [&](Json& t) { role(t)["name"] = "timestamp"; },
        [&](Json& t) { role(t)["path_hash_prefixes"] = {"ab"}; },
        [&](Json& t) { role(t)["terminating"] = "yes"; },
        [&](Json& t) { role(t)["threshold"] = 0; },
        [&](Json& t) { role(t)["threshold"] = -1; },
        [&](Json& t) { role(t)["paths"] = {1}; },
        [](Json& t) { t["delegations"]["roles"].push_back(t["delegations"]["roles"][0]); },
        [](Json& t) { t["delegations"]["succinct_roles"] = Json::object(); },
    };
    for (std::size_t i = 0; i < edits.size(); ++i) EXPECT_EQ(targets_fault(edits[i]), Fault::Malformed) << i;
}

TEST(TufTargetsTest, RefusesBinsOfNoNumberOrThreshold) {
    const auto fault = [](std::int64_t bits, std::int64_t threshold) {
        return targets_fault([&](Json& t) {
            t["delegations"] = {
                {"keys", Json::object()},
                {"succinct_roles",
                 {{"keyids", {kKeyId}}, {"threshold", threshold}, {"bit_length", bits}, {"name_prefix", "p"}}}};
        });
    };
    EXPECT_EQ(fault(1, 1), Fault::Internal);
    EXPECT_EQ(fault(32, 5), Fault::Internal);
    for (const int bits : {0, 33, -1}) EXPECT_EQ(fault(bits, 1), Fault::Malformed) << bits;
    for (const int threshold : {0, -1}) EXPECT_EQ(fault(1, threshold), Fault::Malformed) << threshold;
}

TEST(TufSnapshotTest, ReadsVersionsAndWantsThem) {
    const auto read = [](const Json& meta) {
        const Json snapshot = {{"_type", "snapshot"},
                               {"spec_version", "1.0.0"},
                               {"version", 1},
                               {"expires", "2030-01-02T03:04:05Z"},
                               {"meta", meta}};
        return decode_snapshot(parse_envelope(document(snapshot), Dialect::Tuf)).payload;
    };
    const Snapshot snapshot = read({{"targets.json", {{"version", 4}}}, {"a/b.json", {{"version", 5}, {"length", 3}}}});
    EXPECT_EQ(snapshot.meta.at("targets").version, Version(4));
    EXPECT_EQ(snapshot.meta.at("a/b").length, 3);
    EXPECT_THROW((void)read({{"targets.json", Json::object()}}), Error);
    EXPECT_THROW((void)read({{"targets.json", {{"version", 1}, {"hashes", Json::object()}}}}), Error);
    EXPECT_THROW((void)read({{"targets.json", {{"version", 1}, {"length", -1}}}}), Error);
    EXPECT_THROW((void)read(Json::array()), Error);
}

TEST(TufWriteTest, KeepsWhatItDoesNotKnow) {
    Json before = root_json();
    before["x-extra"] = {{"b", 1}};
    before["keys"][kKeyId]["x-owner"] = "@me";
    before["roles"]["root"]["x-note"] = "n";
    Root root = decode_root(parse_envelope(document(before), Dialect::Tuf)).payload;
    root.version = root.version.next();
    Json expected = before;
    expected["version"] = 2;
    EXPECT_EQ(tuf1::encode(root, before), expected);

    Json targets = targets_json();
    targets["targets"]["v1"]["x"] = 1;
    targets["targets"]["v1"]["custom"] = {{"c", 1}};
    targets["delegations"]["roles"][0]["x"] = 2;
    targets["delegations"]["x"] = 3;
    const Targets read = decode_targets(parse_envelope(document(targets), Dialect::Tuf), targets_role()).payload;
    EXPECT_EQ(tuf1::encode(read, targets), targets);
}

TEST(TufWriteTest, KeepsRolesOfRootThatItDoesNotKnowAndTheirKeys) {
    Json before = root_json();
    before["keys"]["m"] = key_json();
    before["keys"][""] = {{"x", 1}};
    before["roles"]["mirrors"] = {{"keyids", {"m"}}, {"threshold", 1}};
    before["roles"][""] = "anything";
    Root root = decode_root(parse_envelope(document(before), Dialect::Tuf)).payload;
    root.keys.erase(KeyId("m"));
    EXPECT_EQ(tuf1::encode(root, before), before);
    before["roles"].erase("mirrors");
    EXPECT_FALSE(tuf1::encode(root, before)["keys"].contains("m")) << "no role names it";
}

TEST(TufWriteTest, KeepsMetaThatItDoesNotKnow) {
    Json before = {
        {"_type", "snapshot"},
        {"spec_version", "1.0.31"},
        {"version", 1},
        {"expires", "2030-01-02T03:04:05Z"},
        {"meta", {{"targets.json", {{"version", 1}}}, {"gone.json", {{"version", 1}}}, {"log", {{"version", 9}}}}}};
    Snapshot snapshot = decode_snapshot(parse_envelope(document(before), Dialect::Tuf)).payload;
    snapshot.meta.erase("gone");
    Json expected = before;
    expected["meta"].erase("gone.json");
    EXPECT_EQ(tuf1::encode(snapshot, before), expected);

    before["_type"] = "timestamp";
    before["meta"] = {{"snapshot.json", {{"version", 1}, {"x", 1}}}, {"other", 2}};
    const Timestamp timestamp = decode_timestamp(parse_envelope(document(before), Dialect::Tuf)).payload;
    EXPECT_EQ(tuf1::encode(timestamp, before), before);
}

TEST(TufWriteTest, KeepsWhatStandsBesideDelegationsThatAreGone) {
    Json before = targets_json();
    before["delegations"] = {{"keys", Json::object()}, {"roles", Json::array()}, {"x", 1}};
    const Targets targets = decode_targets(parse_envelope(document(before), Dialect::Tuf), targets_role()).payload;
    EXPECT_EQ(tuf1::encode(targets, before), before);
    EXPECT_FALSE(tuf1::encode(targets).contains("delegations"));
}

TEST(TufWriteTest, RefusesWhatReadersWouldNotAgreeOn) {
    Targets targets;
    targets.expires = {1'900'000'000, 0};
    const auto with = [&](Delegation delegation) {
        Targets edited = targets;
        edited.delegations.roles.push_back(std::move(delegation));
        return fault_of([&] { return tuf1::encode(edited); });
    };
    const RoleKeys keys{{KeyId("k")}, 1};
    EXPECT_EQ(with({RoleName("a"), keys, {"*"}, PathRule::Patterns, false}), Fault::Internal);
    EXPECT_EQ(with({RoleName("12"), keys, {"*"}, PathRule::Patterns, false}), Fault::Malformed);
    EXPECT_EQ(with({RoleName("__proto__"), keys, {"*"}, PathRule::Patterns, false}), Fault::Malformed);
    EXPECT_EQ(with({RoleName("a"), keys, {"[ab]"}, PathRule::Patterns, false}), Fault::Malformed);
    EXPECT_EQ(with({RoleName("a"), keys, {""}, PathRule::Prefixes, false}), Fault::Malformed);
    targets.targets["v"] = {};
    EXPECT_EQ(fault_of([&] { return tuf1::encode(targets); }), Fault::Malformed);
    for (const char* text :
         {R"({"a":9007199254740992})", R"({"a":[1.5]})", "{\"\xf0\x9f\x98\x80\":1}", R"({"a":123456789012345678901})",
          "{\"a\":\"e\xcc\x81\"}", "{\"e\xcc\x81\":1}", "{\"a\":[\"\xe2\x84\xab\"]}", "{\"a\":\"\xf0\x96\x84\x9e\"}"})
        EXPECT_THROW((void)tuf1::write_document(parse_json(text), {}), Error) << text;
    EXPECT_NO_THROW((void)tuf1::write_document(parse_json("{\"\xc3\xa9\":\"\xf0\x9f\x98\x80\"}"), {}));
}

TEST(SuccinctRolesTest, NamesTheBinOfATarget) {
    const auto bin = [](std::int64_t bits, const char* path) {
        return SuccinctRoles{{}, bits, "b"}.bin_of(path).str();
    };
    EXPECT_EQ(bin(4, "alpine/3.20"), "b-5");
    EXPECT_EQ(bin(10, "alpine/3.20"), "b-140");
    EXPECT_EQ(bin(14, "alpine/latest"), "b-38e2");
    EXPECT_EQ(bin(14, "\xc3\xbc"), "b-181d");
    EXPECT_EQ(bin(32, "alpine/3.20"), "b-5021e004");
    EXPECT_EQ(bin(1, "alpine/latest"), "b-1");
    const SuccinctRoles roles{{}, 10, "b"};
    for (const char* name : {"b-000", "b-3ff"}) EXPECT_TRUE(roles.is_bin(RoleName(name))) << name;
    for (const char* name : {"b-400", "b-00", "b-0000", "b-3FF", "c-000", "b", "b-xyz"})
        EXPECT_FALSE(roles.is_bin(RoleName(name))) << name;
}

}  // namespace
}  // namespace sello::tuf
