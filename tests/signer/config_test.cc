#include "signer/config.h"

#include <gmock/gmock.h>

#include "tests/support/temp_dir.h"
#include "tuf/base/error.h"

namespace sello::signer {
namespace {

constexpr const char* kComplete = R"({
    "server": {"grpc_addr": "127.0.0.1:0", "tls_cert_file": "s.crt", "tls_key_file": "/k/s.key", "client_ca_file": "ca.crt"},
    "logging": {"level": "warn"},
    "storage": {"backend": "sqlite", "db_url": "signer.db"},
    "vault": {"type": "token", "token_label": "sello", "token_serial": "", "pin_file": "pin", "sessions": 4}
})";

std::string reason(const std::string& text) {
    const test::TempDir folder;
    test::write_file(folder.path() + "/signer.json", text);
    try {
        (void)Config::from_file(folder.path() + "/signer.json");
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

std::string with(const std::string& from, const std::string& to) {
    std::string text = kComplete;
    return text.replace(text.find(from), from.size(), to);
}

TEST(SignerConfigTest, ReadsPathsFromTheFilesFolder) {
    const test::TempDir folder;
    test::write_file(folder.path() + "/signer.json", kComplete);

    const Config config = Config::from_file(folder.path() + "/signer.json");

    EXPECT_EQ(config.server.certificate, folder.path() + "/s.crt");
    EXPECT_EQ(config.server.key, "/k/s.key");
    EXPECT_EQ(config.database, folder.path() + "/signer.db");
    EXPECT_EQ(config.vault.signer.sessions, 4U);
    EXPECT_EQ(config.vault.signer.cached_keys, 10000U);
    EXPECT_EQ(config.log_level, log::Level::Warning);
}

TEST(SignerConfigTest, NamesWhatIsWrong) {
    EXPECT_EQ(reason(with("\"client_ca_file\": \"ca.crt\"", "\"x\": 1")),
              "server.client_ca_file: required, and missing");
    EXPECT_EQ(reason(with("\"sessions\"", "\"session\"")), "vault.session: unknown key");
    EXPECT_EQ(reason(with("\"sessions\": 4", "\"sessions\": 0")), "vault.sessions: want 1..1024, got 0");
    EXPECT_EQ(reason(with("\"type\": \"token\"", "\"type\": \"database\"")),
              "vault.type: want \"token\", got \"database\"");
    EXPECT_EQ(reason(with("\"backend\": \"sqlite\"", "\"backend\": \"memory\"")),
              "storage.backend: want \"sqlite\", got \"memory\"");
}

}  // namespace
}  // namespace sello::signer
