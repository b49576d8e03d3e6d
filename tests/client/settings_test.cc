// What a user set up wrongly is told by its own name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>

#include "client/config.h"
#include "client/files.h"
#include "client/keys/passphrase.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string refusal(Fault fault, const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& e) {
        EXPECT_EQ(e.fault(), fault) << e.what();
        return e.what();
    }
    return "not refused";
}

/// Set for as long as it lives.
class Variable {
public:
    Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    Variable(Variable&&) = delete;
    Variable& operator=(Variable&&) = delete;
    ~Variable() { ::unsetenv(name_); }

private:
    const char* name_;
};

TEST(ConfigTest, NamesTheFileOfAnUnknownKey) {
    const test::TempDir dir;
    GlobalFlags flags;
    flags.config_file = dir.path() + "/config.json";
    replace_file(flags.config_file, R"({"remote_server": {"uri": "https://example"}})");

    const std::string text = refusal(Fault::BadConfiguration, [&] { (void)read_config(flags); });

    EXPECT_THAT(text, AllOf(HasSubstr(flags.config_file), HasSubstr("remote_server.uri: unknown key")));
}

TEST(PassphraseTest, NamesTheVariableThatHeldTheWrongOne) {
    const Variable docker("DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE", "wrong-passphrase");
    EnvironmentOrTerminal passphrases;
    EXPECT_EQ(passphrases.existing("targets", "", 0).expose(), "wrong-passphrase");

    const std::string by_docker = refusal(Fault::Unauthorized, [&] { (void)passphrases.existing("targets", "", 1); });
    const Variable notary("NOTARY_TARGETS_PASSPHRASE", "other-passphrase");
    const std::string by_notary = refusal(Fault::Unauthorized, [&] { (void)passphrases.existing("targets", "", 1); });

    EXPECT_THAT(by_docker,
                AllOf(HasSubstr("check DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE"), Not(HasSubstr("NOTARY_"))));
    EXPECT_THAT(by_notary, HasSubstr("check NOTARY_TARGETS_PASSPHRASE"));
}

class TlsSettingsTest : public testing::Test {
protected:
    [[nodiscard]] std::string file(const std::string& name, const std::string& content) const {
        std::string path = dir.path() + "/" + name;
        replace_file(path, content);
        return path;
    }
    static std::string refusal_of(const TlsSettings& tls) {
        return refusal(Fault::BadConfiguration, [&] { const HttpClient client(Url::parse("https://example"), tls); });
    }

    test::TempDir dir;
    std::string good = test::make_certificate(dir.path(), "good");
    std::string other = test::make_certificate(dir.path(), "other");
};

TEST_F(TlsSettingsTest, SaysWhichFileCannotBeReadAndWhy) {
    const std::string missing = dir.path() + "/missing.pem";

    EXPECT_EQ(refusal_of({missing, "", "", false}),
              concat("unable to configure TLS: CA certificate \"", missing, "\": No such file or directory"));
    EXPECT_EQ(refusal_of({"", missing, good, false}),
              concat("unable to configure TLS: client certificate \"", missing, "\": No such file or directory"));
    EXPECT_EQ(refusal_of({"", good, missing, false}),
              concat("unable to configure TLS: client key \"", missing, "\": No such file or directory"));
    EXPECT_THAT(refusal_of({dir.path(), "", "", false}), HasSubstr("Is a directory"));
}

TEST_F(TlsSettingsTest, SaysWhatAFileDoesNotHold) {
    const std::string junk = file("junk.pem", "junk\n");

    EXPECT_THAT(refusal_of({junk, "", "", false}), HasSubstr("holds no certificate in PEM form"));
    EXPECT_THAT(refusal_of({"", junk, good, false}), HasSubstr("holds no certificate in PEM form"));
    EXPECT_THAT(refusal_of({"", good, junk, false}), HasSubstr("holds no private key in PEM form"));
    EXPECT_THAT(refusal_of({"", good, other, false}), HasSubstr("is not that of certificate"));
    EXPECT_EQ(refusal_of({good, good, good, false}), "not refused");
}

}  // namespace
}  // namespace sello::client
