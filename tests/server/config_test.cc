#include "server/config.h"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"
#include "tuf/base/error.h"

namespace sello::server {
namespace {

struct ServerConfigTest : testing::Test {
    test::TempDir folder;

    ServerConfig read(const std::string& text) {
        const std::string path = folder.path() + "/server.json";
        test::write_file(path, text);
        return read_config(path);
    }

    std::string refusal(const std::string& text) {
        try {
            (void)read(text);
        } catch (const Error& e) {
            EXPECT_EQ(e.fault(), Fault::BadConfiguration);
            return e.what();
        }
        return {};
    }
};

constexpr const char* kRemote =
    R"("trust_service":{"type":"remote","hostname":"h","port":"1","key_algorithm":"ecdsa"},)";

TEST_F(ServerConfigTest, TakesRelativePathsFromTheFilesFolder) {
    const auto config =
        read(concat("{", kRemote, R"("server":{"http_addr":":0","tls_cert_file":"c.pem","tls_key_file":"/k.pem"},)",
                    R"("storage":{"backend":"sqlite","db_url":"s.db"}})"));

    EXPECT_EQ(config.storage_path, folder.path() + "/s.db");
    EXPECT_EQ(config.http.tls->certificate_file, folder.path() + "/c.pem");
    EXPECT_EQ(config.http.tls->key_file, "/k.pem");
}

TEST_F(ServerConfigTest, StopsTheStartOnWhatItDoesNotKnow) {
    const std::string rest = concat(kRemote, R"("storage":{"backend":"memory"},"server":{"http_addr":":0"})");

    EXPECT_EQ(refusal(concat("{", rest, "}")), "");
    EXPECT_EQ(refusal(concat("{", rest, R"(,"sever":{}})")), "sever: unknown key");
    EXPECT_NE(refusal(concat("{", rest, R"(,"auth":{"type":"htpasswd"}})")), "");
    EXPECT_NE(refusal(concat("{", rest, R"(,"repositories":{"gun_prefixes":["../"]}})")), "");
    EXPECT_NE(refusal(concat("{", rest, R"(,"caching":{"max_age":{"current_metadata":-1}}})")), "");
    EXPECT_NE(refusal(concat("{", rest, R"(,"logging":{"level":"loud"}})")), "");
}

TEST_F(ServerConfigTest, AnAddressMayHaveAQuarterUnlessToldOtherwise) {
    const std::string rest = concat(kRemote, R"("storage":{"backend":"memory"},"server":{"http_addr":":0"},"limits":)");

    const auto limits = [&](const std::string& given) { return read(concat("{", rest, given, "}")).http.limits; };

    EXPECT_EQ(limits("{}").connections_per_address, 2500U);
    EXPECT_EQ(limits(R"({"connections":100})").connections_per_address, 25U);
    EXPECT_EQ(limits(R"({"connections":100,"connections_per_address":80})").connections_per_address, 80U);
    EXPECT_EQ(limits(R"({"total_body_bytes":400000000})").body_bytes_per_address, 100'000'000U);
    EXPECT_EQ(limits(R"({"total_body_bytes":100000,"body_bytes":90000})").body_bytes_per_address, 90'000U);
}

TEST_F(ServerConfigTest, KeepsNoDurableMetadataUnderKeysThatAreLost) {
    const std::string local = R"({"trust_service":{"type":"local"},"server":{"http_addr":":0"},"storage":)";

    EXPECT_EQ(refusal(local + R"({"backend":"memory"}})"), "");
    EXPECT_NE(refusal(local + R"({"backend":"sqlite","db_url":"s.db"}})"), "");
}

TEST_F(ServerConfigTest, WantsBothHalvesOfACertificate) {
    const std::string rest = concat("{", kRemote, R"("storage":{"backend":"memory"},"server":{"http_addr":":0",)");

    EXPECT_NE(refusal(rest + R"("tls_cert_file":"c"}})"), "");
    EXPECT_NE(refusal(rest + R"("client_ca_file":"c"}})"), "");
}

}  // namespace
}  // namespace sello::server
