#include "client/keys/key_store.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <fstream>

#include "client/files.h"
#include "client/keys/key_file.h"
#include "tests/support/temp_dir.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

/// Answers in order, and counts.
class ScriptedPassphrases final : public Passphrases {
public:
    explicit ScriptedPassphrases(std::vector<std::string> answers) : answers_(std::move(answers)) {}
    Secret existing(const std::string&, const std::string&, int attempt) override {
        if (attempt >= static_cast<int>(answers_.size())) throw Error(Fault::Unauthorized, "no more to try");
        return Secret(answers_[static_cast<std::size_t>(attempt)]);
    }
    Secret created(const std::string&, const std::string&) override { return Secret(answers_.at(0)); }

private:
    std::vector<std::string> answers_;
};

constexpr const char* kNotaryKey = "2d1cc8e28c23e4d15fde3461f2aff03b2a72e9491b399139f82d27feda8f3b23";

Bytes notary_key_file() { return *read_file(std::string(SELLO_VECTORS) + "/notary/" + kNotaryKey + ".key"); }

TEST(KeyFileTest, OpensAKeyThatNotaryMade) {
    const auto block = read_key_block(notary_key_file());
    ASSERT_TRUE(block);

    EXPECT_EQ(block->headers.at("role"), "root");
    EXPECT_EQ(decode_private_key(*block, Secret("rootpass1")).public_key().id().str(), kNotaryKey);
}

TEST(KeyFileTest, TellsAWrongPassphraseFromABadFile) {
    const auto block = read_key_block(notary_key_file());
    try {
        (void)decode_private_key(*block, Secret("wrong"));
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::Unauthorized);
    }
    KeyBlock damaged{block->type, {}, Secret(Bytes(block->der.expose().substr(0, 20)))};
    EXPECT_THROW((void)decode_private_key(damaged, Secret("rootpass1")), Error);
}

TEST(KeyFileTest, RefusesAPrivateKeyWithThePublicHalfOfAnother) {
    const auto sec1 = [](const tuf::PrivateKey& key) {
        Bytes der(static_cast<std::size_t>(i2d_PrivateKey(key.handle(), nullptr)), '\0');
        unsigned char* cursor = octets(der);
        i2d_PrivateKey(key.handle(), &cursor);
        return der;
    };
    const Bytes mine = sec1(tuf::PrivateKey::generate_ecdsa_p256());
    const Bytes other = sec1(tuf::PrivateKey::generate_ecdsa_p256());
    ASSERT_EQ(mine.size(), other.size());
    constexpr std::size_t public_point = 65;
    const Bytes mixed = mine.substr(0, mine.size() - public_point) + other.substr(other.size() - public_point);

    EXPECT_NO_THROW((void)decode_private_key({"EC PRIVATE KEY", {}, Secret(mine)}, Secret()));
    EXPECT_THROW((void)decode_private_key({"EC PRIVATE KEY", {}, Secret(mixed)}, Secret()), Error);
}

TEST(KeyFileTest, ReadsBackWhatItWrites) {
    for (const tuf::PrivateKey& key : {tuf::PrivateKey::generate_ecdsa_p256(), tuf::PrivateKey::generate_ed25519()}) {
        const Bytes pem = encrypt_private_key(key, Secret("secret12"), {{"gun", "a/b"}, {"role", "targets"}});

        EXPECT_TRUE(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\ngun: a/b\nrole: targets\n\n"));
        const auto block = read_key_block(pem);
        ASSERT_TRUE(block);
        EXPECT_EQ(decode_private_key(*block, Secret("secret12")).public_key(), key.public_key());
    }
}

TEST(KeyFileTest, RefusesWhatIsNoPemBlock) {
    const Bytes good = notary_key_file();
    for (const Bytes& bad :
         {Bytes(), Bytes("junk"), good.substr(0, good.size() / 2), Bytes("-----BEGIN X-----\n?\n-----END X-----\n")})
        EXPECT_FALSE(read_key_block(bad));
}

TEST(KeyStoreTest, KeepsKeysByTheirCanonicalIdWithTheirRole) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    ScriptedPassphrases passphrases({"secret12"});
    KeyStore store(folder, passphrases);
    const auto root = tuf::PrivateKey::generate_ecdsa_p256();
    const auto targets = tuf::PrivateKey::generate_ecdsa_p256();
    store.add(root, "root", "ignored");
    store.add(targets, "targets", "a/b");

    ASSERT_EQ(store.list().size(), 2U);
    for (const KeyEntry& entry : store.list()) EXPECT_EQ(entry.gun, entry.role == "root" ? "" : "a/b");
    EXPECT_EQ(store.find(root.public_key().id())->public_key(), root.public_key());
    EXPECT_EQ(store.find(tuf::KeyId(std::string(64, 'a'))), nullptr);
}

/// A P-256 key as Notary wrote it before 0.4: SEC1 under OpenSSL's encryption of old. Made with `openssl ecparam
/// -genkey` and `openssl ec -aes256 -passout pass:rootpass1`.
constexpr const char* kOldKeyId = "4f3f18980710117c2a26bc4af541ed2efdd3708aa025d7ec0986aecea7eabb48";
constexpr const char* kOldKey = R"(-----BEGIN EC PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-256-CBC,5779EA38230414A5C2A7B62FA0D72424

gKSUART/hYQGmnhs8rx9O7Fv8lFREpcMQwtmrjM62pRNcryE0ts8csijuaTwnRxd
A2lVS0UcuDRAucMikTba8VDQo5Vpmx4opY6TyoIXA04bmpY4Nby1Vbc8yjCW0MPN
AjEW4fd2Mo0iZxUYi8kG7nsUpI27VwTQuREbsnD/bac=
-----END EC PRIVATE KEY-----
)";

TEST(KeyFileTest, OpensTheEncryptionOfOld) {
    const auto block = read_key_block(kOldKey);
    ASSERT_TRUE(block);

    EXPECT_TRUE(is_encrypted(*block));
    EXPECT_EQ(decode_private_key(*block, Secret("rootpass1")).public_key().id().str(), kOldKeyId);
    // Some wrong passphrases seem to open it: none is a fault of the file.
    for (int i = 0; i < 1000; ++i) {
        try {
            (void)decode_private_key(*block, Secret("wrong" + std::to_string(i)));
            FAIL();
        } catch (const Error& e) {
            ASSERT_EQ(e.fault(), Fault::Unauthorized) << e.what();
        }
    }
}

TEST(KeyFileTest, OpensNotarysFormOfEd25519) {
    const auto key = tuf::PrivateKey::generate_ed25519();
    Bytes seed(32, '\0');
    std::size_t size = seed.size();
    ASSERT_EQ(EVP_PKEY_get_raw_private_key(key.handle(), octets(seed), &size), 1);
    const Bytes& listed = key.public_key().bytes();

    const KeyBlock block{"ED25519 PRIVATE KEY", {}, Secret(listed + seed + listed)};

    EXPECT_EQ(decode_private_key(block, Secret()).public_key(), key.public_key());
    EXPECT_THROW((void)decode_private_key({"ED25519 PRIVATE KEY", {}, Secret(seed)}, Secret()), Error);
}

TEST(KeyStoreTest, FindsKeysWhereTheyWereBeforeNotary04) {
    const auto with_role = [](const std::string& role) {
        Bytes pem = kOldKey;
        if (!role.empty()) pem.insert(pem.find("\n\n") + 1, "role: " + role + "\n");
        return pem;
    };
    const std::string id(kOldKeyId);
    const std::vector<std::pair<std::string, KeyEntry>> table = {
        {"root_keys/" + id + ".key", {id, "root", ""}},
        {"root_keys/" + id + "_root.key", {id, "root", ""}},
        {"tuf_keys/example/app/" + id + "_targets.key", {id, "targets", "example/app"}},
        {"tuf_keys/" + id + "_releases.key", {id, "releases", ""}}};
    for (const auto& [path, entry] : table)
        for (const std::string& header : {std::string(), entry.role}) {
            const test::TempDir dir;
            const std::filesystem::path folder(dir.path());
            replace_file(folder / path, with_role(header));
            ScriptedPassphrases passphrases({"rootpass1"});
            KeyStore store(folder, passphrases);

            ASSERT_EQ(store.list().size(), 1U) << path;
            EXPECT_EQ(store.list()[0].key_id, id);
            EXPECT_EQ(store.list()[0].role, entry.role);
            EXPECT_EQ(store.list()[0].gun, entry.gun);
            EXPECT_NE(store.find(tuf::KeyId(id)), nullptr);
        }
}

TEST(KeyStoreTest, AsksAgainAfterAWrongPassphraseAndSaysThatTheKeyStaysClosed) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    replace_file(folder / (std::string(kNotaryKey) + ".key"), notary_key_file());
    ScriptedPassphrases second_is_right({"wrong", "rootpass1"});
    EXPECT_NE(KeyStore(folder, second_is_right).find(tuf::KeyId(kNotaryKey)), nullptr);

    ScriptedPassphrases all_wrong({"wrong", "wrong"});
    KeyStore store(folder, all_wrong);
    EXPECT_THROW((void)store.find(tuf::KeyId(kNotaryKey)), Error);
}

TEST(KeyStoreTest, RefusesAFileThatHoldsAnotherKeyThanItsName) {
    const test::TempDir dir;
    const std::filesystem::path folder(dir.path());
    const std::string other(64, 'b');
    replace_file(folder / (other + ".key"), notary_key_file());
    ScriptedPassphrases passphrases({"rootpass1"});
    KeyStore store(folder, passphrases);

    EXPECT_THROW((void)store.find(tuf::KeyId(other)), Error);
}

}  // namespace
}  // namespace sello::client
