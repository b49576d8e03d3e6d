#include "server/signing/grpc_signing_service.h"

#include <gmock/gmock.h>

#include "tests/signer/running_signer.h"
#include "tuf/base/error.h"
#include "tuf/crypto/verify.h"

namespace sello::server {
namespace {

const tuf::Gun kGun("example/app");

Error error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    return {Fault::Internal, "nothing was thrown"};
}

/// The server's side of the wire against a real signer.
class GrpcSigningServiceTest : public ::testing::Test {
protected:
    [[nodiscard]] GrpcSigningOptions options() const {
        GrpcSigningOptions options;
        options.hostname = "127.0.0.1";
        options.port = running_.port();
        options.key_algorithm = "ecdsa";
        options.ca_file = running_.pki().certificate("ca");
        options.certificate_file = running_.pki().certificate("client");
        options.key_file = running_.pki().key("client");
        return options;
    }
    test::RunningSigner running_;
};

TEST_F(GrpcSigningServiceTest, SignaturesVerifyWithTheKeyThatWasMade) {
    GrpcSigningService service(options());
    const tuf::PublicKey key = service.create_key(kGun, tuf::timestamp_role());

    const tuf::Signature signature = service.sign(kGun, tuf::timestamp_role(), key, "message");

    EXPECT_EQ(signature.keyid, key.id());
    EXPECT_EQ(signature.method, "ecdsa");
    EXPECT_EQ(tuf::verify(key, signature.method, "message", signature.sig), tuf::Verdict::Valid);
}

TEST_F(GrpcSigningServiceTest, FindsTheKeysTheSignerHolds) {
    GrpcSigningService maker(options());
    const tuf::PublicKey key = maker.create_key(kGun, tuf::timestamp_role());
    GrpcSigningService other(options());

    EXPECT_EQ(other.find_key(key.id()), key);
    EXPECT_EQ(other.find_key(tuf::KeyId(std::string(64, 'a'))), std::nullopt);
}

TEST_F(GrpcSigningServiceTest, RemembersKeysWhileTheSignerIsAway) {
    GrpcSigningService service(options());
    const tuf::PublicKey key = service.create_key(kGun, tuf::timestamp_role());

    running_.stop();

    EXPECT_EQ(service.find_key(key.id()), key);
}

TEST_F(GrpcSigningServiceTest, SignsOnlyForTheCollectionAndRoleOfTheKey) {
    GrpcSigningService service(options());
    const tuf::PublicKey key = service.create_key(kGun, tuf::timestamp_role());

    EXPECT_EQ(error_of([&] { (void)service.sign(tuf::Gun("example/b"), tuf::timestamp_role(), key, "m"); }).fault(),
              Fault::Unauthorized);
    EXPECT_EQ(error_of([&] { (void)service.sign(kGun, tuf::snapshot_role(), key, "m"); }).fault(), Fault::Unauthorized);
}

TEST_F(GrpcSigningServiceTest, SpeaksOfFailuresAsNotarysServerDoes) {
    GrpcSigningService service(options());
    const tuf::PublicKey unknown("ecdsa", "no key of the signer's");

    const Error error = error_of([&] { (void)service.sign(kGun, tuf::timestamp_role(), unknown, "m"); });

    EXPECT_EQ(error.fault(), Fault::NotFound);
    EXPECT_EQ(error.what(), concat("rpc error: code = NotFound desc = signing key not found: ", unknown.id()));
}

TEST_F(GrpcSigningServiceTest, AnAbsentSignerIsUnavailable) {
    const GrpcSigningOptions to = options();
    running_.stop();
    GrpcSigningService service(to);

    const Error error = error_of([&] { (void)service.create_key(kGun, tuf::timestamp_role()); });

    EXPECT_EQ(error.fault(), Fault::Unavailable);
    EXPECT_THAT(error.what(), ::testing::StartsWith("rpc error: code = Unavailable desc = "));
    EXPECT_EQ(error_of([&] { service.check_health(); }).fault(), Fault::Unavailable);
}

TEST_F(GrpcSigningServiceTest, ComesBackWithTheSigner) {
    GrpcSigningService service(options());
    const tuf::PublicKey key = service.create_key(kGun, tuf::timestamp_role());
    running_.keep_address();
    running_.stop();
    ASSERT_EQ(error_of([&] { service.check_health(); }).fault(), Fault::Unavailable);

    running_.start_again();

    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (error_of([&] { service.check_health(); }).fault() == Fault::Unavailable &&
           std::chrono::steady_clock::now() < give_up) {
    }
    EXPECT_EQ(tuf::verify(key, "ecdsa", "m", service.sign(kGun, tuf::timestamp_role(), key, "m").sig),
              tuf::Verdict::Valid);
}

TEST_F(GrpcSigningServiceTest, IsHealthyWhileTheSignerServes) {
    GrpcSigningService service(options());

    EXPECT_NO_THROW(service.check_health());
}

TEST_F(GrpcSigningServiceTest, RefusesASignerThatItsAuthorityDoesNotKnow) {
    GrpcSigningOptions wrong = options();
    wrong.ca_file = running_.pki().certificate("stranger");
    GrpcSigningService service(wrong);

    EXPECT_EQ(error_of([&] { service.check_health(); }).fault(), Fault::Unavailable);
}

TEST(GrpcSigningServiceStartTest, NamesAFileThatCannotBeRead) {
    GrpcSigningOptions options;
    options.ca_file = "/nowhere/ca.crt";

    const Error error = error_of([&] { const GrpcSigningService service(options); });

    EXPECT_EQ(error.fault(), Fault::BadConfiguration);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("/nowhere/ca.crt"));
}

}  // namespace
}  // namespace sello::server
