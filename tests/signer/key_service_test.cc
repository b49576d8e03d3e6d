#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "schemas/database/database.h"
#include "schemas/health.grpc.pb.h"
#include "schemas/signer.grpc.pb.h"
#include "schemas/signer_metadata.h"
#include "tests/signer/running_signer.h"
#include "tuf/crypto/public_key.h"
#include "tuf/crypto/verify.h"

namespace sello::signer {
namespace {

using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;

std::string read_all(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
}

/// A signer on a token of its own, reached over mutual TLS.
class KeyServiceTest : public ::testing::Test {
protected:
    KeyServiceTest() { connect("client"); }
    void restart() {
        running_.stop();
        running_.start();
        connect("client");
    }
    void connect(const std::string& as) {
        grpc::SslCredentialsOptions options;
        options.pem_root_certs = read_all(pki_.certificate("ca"));
        if (!as.empty()) {
            options.pem_cert_chain = read_all(pki_.certificate(as));
            options.pem_private_key = read_all(pki_.key(as));
        }
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        channel_ = grpc::CreateCustomChannel(running_.address(), grpc::SslCredentials(options), arguments);
        keys_ = proto::KeyManagement::NewStub(channel_);
        signer_ = proto::Signer::NewStub(channel_);
    }

    Status create(const std::string& algorithm, const std::string& gun, const std::string& role,
                  proto::PublicKey& reply) {
        ClientContext context;
        proto::CreateKeyRequest request;
        request.set_algorithm(algorithm);
        request.set_gun(gun);
        request.set_role(role);
        return keys_->CreateKey(&context, request, &reply);
    }
    std::string create(const std::string& gun, const std::string& role) {
        proto::PublicKey reply;
        const Status status = create("ecdsa", gun, role, reply);
        EXPECT_TRUE(status.ok()) << status.error_message();
        return reply.keyinfo().keyid().id();
    }
    Status info(const std::string& id, proto::GetKeyInfoResponse& reply) {
        ClientContext context;
        proto::KeyID request;
        request.set_id(id);
        return keys_->GetKeyInfo(&context, request, &reply);
    }
    Status sign(const std::string& id, const std::string& content, proto::Signature& reply,
                const std::map<std::string, std::string>& purpose = {}) {
        ClientContext context;
        for (const auto& [name, value] : purpose) context.AddMetadata(name, value);
        proto::SignatureRequest request;
        request.mutable_keyid()->set_id(id);
        request.set_content(content);
        return signer_->Sign(&context, request, &reply);
    }
    Status sign(const std::string& id) {
        proto::Signature reply;
        return sign(id, "content", reply);
    }
    Status remove(const std::string& id) {
        ClientContext context;
        proto::KeyID request;
        request.set_id(id);
        proto::Void reply;
        return keys_->DeleteKey(&context, request, &reply);
    }
    Status health(const std::string& service, grpc::health::v1::HealthCheckResponse& reply) {
        ClientContext context;
        grpc::health::v1::HealthCheckRequest request;
        request.set_service(service);
        return grpc::health::v1::Health::NewStub(channel_)->Check(&context, request, &reply);
    }

    test::RunningSigner running_;
    const test::TestPki& pki_ = running_.pki();
    std::shared_ptr<grpc::Channel> channel_;
    std::unique_ptr<proto::KeyManagement::Stub> keys_;
    std::unique_ptr<proto::Signer::Stub> signer_;
};

TEST_F(KeyServiceTest, KeyIdIsTheTufIdOfThePublicKey) {
    proto::PublicKey reply;

    ASSERT_TRUE(create("ecdsa", "example/app", "timestamp", reply).ok());

    EXPECT_EQ(reply.publickey().size(), 91U);
    EXPECT_EQ(reply.keyinfo().algorithm().algorithm(), "ecdsa");
    EXPECT_EQ(reply.keyinfo().keyid().id(), tuf::PublicKey("ecdsa", reply.publickey()).id().str());
}

TEST_F(KeyServiceTest, SignaturesVerifyAsNotaryVerifiesThem) {
    proto::PublicKey key;
    ASSERT_TRUE(create("ecdsa", "example/app", "snapshot", key).ok());
    for (const std::string& content : {std::string(R"({"_type":"Snapshot"})"), std::string()}) {
        proto::Signature reply;

        const Status status = sign(key.keyinfo().keyid().id(), content, reply);

        ASSERT_TRUE(status.ok()) << status.error_message();
        EXPECT_EQ(reply.algorithm().algorithm(), "ecdsa");
        EXPECT_EQ(reply.keyinfo().keyid().id(), key.keyinfo().keyid().id());
        EXPECT_EQ(tuf::verify(tuf::PublicKey("ecdsa", key.publickey()), "ecdsa", content, reply.content()),
                  tuf::Verdict::Valid);
    }
}

TEST_F(KeyServiceTest, AKeyIsPendingUntilItsFirstSignature) {
    const std::string first = create("example/app", "timestamp");

    EXPECT_EQ(create("example/app", "timestamp"), first);
    EXPECT_NE(create("example/app", "snapshot"), first);
    EXPECT_NE(create("example/other", "timestamp"), first);
    ASSERT_TRUE(sign(first).ok());
    EXPECT_NE(create("example/app", "timestamp"), first);
}

TEST_F(KeyServiceTest, KeyInfoDoesNotActivateAKey) {
    const std::string id = create("example/app", "timestamp");
    proto::GetKeyInfoResponse reply;

    ASSERT_TRUE(info(id, reply).ok());

    EXPECT_EQ(reply.role(), "timestamp");
    EXPECT_EQ(reply.keyinfo().keyid().id(), id);
    EXPECT_EQ(create("example/app", "timestamp"), id);
}

TEST_F(KeyServiceTest, KeysAndTheirUseSurviveARestart) {
    const std::string used = create("example/app", "timestamp");
    ASSERT_TRUE(sign(used).ok());
    const std::string pending = create("example/app", "timestamp");

    restart();

    EXPECT_TRUE(sign(used).ok());
    EXPECT_EQ(create("example/app", "timestamp"), pending);
}

TEST_F(KeyServiceTest, UnknownAndEmptyIdsNameNoKey) {
    create("example/app", "timestamp");
    proto::GetKeyInfoResponse reply;
    for (const std::string& id : {std::string(), std::string(64, 'a')}) {
        const Status got = info(id, reply);
        const Status signed_with = sign(id);

        EXPECT_EQ(got.error_code(), StatusCode::NOT_FOUND);
        EXPECT_EQ(got.error_message(), "key ID not found");
        EXPECT_EQ(signed_with.error_code(), StatusCode::NOT_FOUND);
        EXPECT_EQ(signed_with.error_message(), "signing key not found: " + id);
        EXPECT_TRUE(remove(id).ok());
    }
}

TEST_F(KeyServiceTest, WhatIsWrongWithTheTokenStaysInTheLog) {
    const std::string id = create("example/app", "timestamp");
    running_.stop();
    schemas::Database(running_.config().database).execute("UPDATE sello_wrapped_keys SET wrapped = zeroblob(40)");
    running_.start();
    connect("client");

    const Status status = sign(id);
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(status.error_message(), "Signing failed for KeyID " + id);
}

TEST_F(KeyServiceTest, ASignRequestWithoutKeyIdIsAnsweredAndTheSignerLives) {
    ClientContext context;
    proto::Signature reply;

    EXPECT_EQ(signer_->Sign(&context, {}, &reply).error_code(), StatusCode::NOT_FOUND);
    EXPECT_FALSE(create("example/app", "timestamp").empty());
}

TEST_F(KeyServiceTest, EmptyIdDeletesNothing) {
    const std::string id = create("example/app", "timestamp");

    ASSERT_TRUE(remove("").ok());

    EXPECT_TRUE(sign(id).ok());
}

TEST_F(KeyServiceTest, ADeletedKeyIsGone) {
    const std::string id = create("example/app", "timestamp");
    ASSERT_TRUE(sign(id).ok());

    ASSERT_TRUE(remove(id).ok());

    EXPECT_EQ(sign(id).error_code(), StatusCode::NOT_FOUND);
    restart();
    EXPECT_EQ(sign(id).error_code(), StatusCode::NOT_FOUND);
    EXPECT_TRUE(remove(id).ok());
}

TEST_F(KeyServiceTest, AlgorithmsItCannotKeepAreRefusedWithAReason) {
    proto::PublicKey reply;

    const Status rsa = create("rsa", "example/app", "timestamp", reply);
    const Status ed25519 = create("ed25519", "example/app", "timestamp", reply);

    EXPECT_EQ(rsa.error_code(), StatusCode::UNKNOWN);
    EXPECT_EQ(rsa.error_message(), "algorithm rsa not supported for create key");
    EXPECT_EQ(ed25519.error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(ed25519.error_message(), ::testing::HasSubstr("cannot wrap"));
}

TEST_F(KeyServiceTest, GunAndRoleMustBeNames) {
    proto::PublicKey reply;

    EXPECT_EQ(create("ecdsa", "", "timestamp", reply).error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(create("ecdsa", "../up", "timestamp", reply).error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(create("ecdsa", std::string(256, 'g'), "timestamp", reply).error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(create("ecdsa", "example/app", "no role", reply).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(KeyServiceTest, ACallerThatNamesItsPurposeIsHeldToIt) {
    const std::string id = create("example/app", "timestamp");
    proto::Signature reply;
    const auto purpose = [](const std::string& gun, const std::string& role) {
        return std::map<std::string, std::string>{{schemas::kGunMetadata, gun}, {schemas::kRoleMetadata, role}};
    };

    EXPECT_EQ(sign(id, "m", reply, purpose("example/other", "timestamp")).error_code(), StatusCode::PERMISSION_DENIED);
    EXPECT_EQ(sign(id, "m", reply, purpose("example/app", "snapshot")).error_code(), StatusCode::PERMISSION_DENIED);
    EXPECT_TRUE(sign(id, "m", reply, purpose("example/app", "timestamp")).ok());
}

TEST_F(KeyServiceTest, ConcurrentCreatesForOnePurposeAgreeOnOneKey) {
    std::vector<std::string> ids(8);
    std::vector<std::thread> callers;
    callers.reserve(ids.size());
    for (auto& id : ids) callers.emplace_back([&] { id = create("example/app", "timestamp"); });
    for (auto& caller : callers) caller.join();

    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1U);
}

TEST_F(KeyServiceTest, HealthKnowsNotarysServiceNames) {
    using Reply = grpc::health::v1::HealthCheckResponse;
    Reply reply;
    for (const char* name : {"", "grpc.health.v1.Health.KeyManagement", "grpc.health.v1.Health.Signer"}) {
        ASSERT_TRUE(health(name, reply).ok()) << name;
        EXPECT_EQ(reply.status(), Reply::SERVING) << name;
    }
    EXPECT_EQ(health("proto.Signer", reply).error_code(), StatusCode::NOT_FOUND);
}

TEST_F(KeyServiceTest, StopsAtOnceWhileSomebodyWatchesItsHealth) {
    const auto health = grpc::health::v1::Health::NewStub(channel_);
    ClientContext context;
    const auto watch = health->Watch(&context, {});
    grpc::health::v1::HealthCheckResponse reply;
    ASSERT_TRUE(watch->Read(&reply));
    const auto start = std::chrono::steady_clock::now();

    running_.stop();

    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

TEST_F(KeyServiceTest, ClientsWithoutATrustedCertificateDoNotGetIn) {
    for (const char* who : {"", "stranger"}) {
        connect(who);
        proto::PublicKey reply;

        EXPECT_EQ(create("ecdsa", "example/app", "timestamp", reply).error_code(), StatusCode::UNAVAILABLE) << who;
    }
}

TEST_F(KeyServiceTest, ALeafCertificateInTheBundleIsATrustAnchor) {
    running_.config().server.client_ca = pki_.certificate("client");
    restart();

    EXPECT_FALSE(create("example/app", "timestamp").empty());
}

TEST_F(KeyServiceTest, MessagesBeyondFourMegabytesAreRefused) {
    const std::string id = create("example/app", "timestamp");
    proto::Signature reply;

    EXPECT_EQ(sign(id, std::string(5 << 20, 'x'), reply).error_code(), StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_TRUE(sign(id, std::string(3 << 20, 'x'), reply).ok());
}

TEST_F(KeyServiceTest, HandshakeSpeaksHttp2AndNamesItsClientAuthorities) {
    for (const char* version : {"-tls1_2", "-tls1_3"}) {
        const std::string seen =
            test::run_command(concat("openssl s_client ", version, " -alpn h2 -connect ", running_.address(),
                                     " -CAfile ", pki_.certificate("ca"), " -cert ", pki_.certificate("client"),
                                     " -key ", pki_.key("client"), " </dev/null"));

        EXPECT_THAT(seen, ::testing::HasSubstr("ALPN protocol: h2")) << version;
        EXPECT_THAT(seen, ::testing::HasSubstr("Acceptable client certificate CA names\nCN = ca")) << version;
        EXPECT_THAT(seen, ::testing::HasSubstr("Verify return code: 0 (ok)")) << version;
    }
}

}  // namespace
}  // namespace sello::signer
