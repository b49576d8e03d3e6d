#include "signer/config.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "tests/signer/running_signer.h"
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
    EXPECT_EQ(reason(with("\"sessions\": 4", "\"time_limit_seconds\": 30")),
              "vault.time_limit_seconds: want less than vault.hang_limit_seconds (30), got 30");
    EXPECT_EQ(reason(with("\"backend\": \"sqlite\"", "\"backend\": \"memory\"")),
              "storage.backend: want \"sqlite\", got \"memory\"");
    for (const std::string address : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:https"})
        EXPECT_EQ(reason(with("127.0.0.1:0", address)),
                  concat("server.grpc_addr: want host:port with a port of 0..65535, got \"", address, "\""));
}

/// A port of 127.0.0.1 that another program listens on.
class TakenPort {
public:
    TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        auto* address = reinterpret_cast<sockaddr*>(&address_);
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address_;
        if (::bind(socket_, address, size) != 0 || ::listen(socket_, 1) != 0 ||
            ::getsockname(socket_, address, &size) != 0)
            throw Error(Fault::Internal, "no port to listen on");
    }
    TakenPort(const TakenPort&) = delete;
    TakenPort& operator=(const TakenPort&) = delete;
    TakenPort(TakenPort&&) = delete;
    TakenPort& operator=(TakenPort&&) = delete;
    ~TakenPort() { ::close(socket_); }
    [[nodiscard]] std::string address() const { return concat("127.0.0.1:", ntohs(address_.sin_port)); }

private:
    int socket_;
    sockaddr_in address_{};
};

struct Start {
    std::string fault;      ///< empty: it started
    std::string on_stderr;  ///< meanwhile
};

Start try_to_start(test::RunningSigner& signer) {
    Start start;
    testing::internal::CaptureStderr();
    try {
        signer.start();
    } catch (const Error& error) {
        start.fault = error.what();
    }
    start.on_stderr = testing::internal::GetCapturedStderr();
    return start;
}

TEST(SignerAppTest, SaysOnceWhyItCannotListen) {
    test::RunningSigner signer;
    signer.stop();
    const TakenPort taken;

    for (const auto& [address, reason] :
         {std::pair<std::string, std::string>{taken.address(), "Address already in use"},
          {"nowhere.invalid:0", ""},
          {"192.0.2.1:0", "Cannot assign requested address"}}) {
        signer.config().server.address = address;

        const Start start = try_to_start(signer);

        EXPECT_THAT(start.fault,
                    ::testing::StartsWith(concat("server.grpc_addr: cannot listen on ", address, ": ", reason)));
        EXPECT_EQ(start.on_stderr, "");
    }
}

TEST(SignerAppTest, ListensOnAllAddressesWithoutAHost) {
    test::RunningSigner signer;
    signer.stop();
    signer.config().server.address = ":0";

    EXPECT_EQ(try_to_start(signer).fault, "");
}

TEST(SignerAppTest, SaysThatCertificateAndKeyDoNotFit) {
    test::RunningSigner signer;
    signer.stop();
    signer.config().server.key = signer.pki().key("client");

    const Start start = try_to_start(signer);

    EXPECT_THAT(start.fault, ::testing::HasSubstr("the certificate and the key do not fit"));
    EXPECT_EQ(start.on_stderr, "");
}

}  // namespace
}  // namespace sello::signer
