#include "server/signing/grpc_signing_service.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "schemas/health.grpc.pb.h"
#include "schemas/signer.grpc.pb.h"
#include "schemas/signer_metadata.h"
#include "tuf/base/error.h"
#include "tuf/base/file.h"

namespace sello::server {
namespace {

using grpc::Status;
using grpc::StatusCode;

constexpr int kFirstReconnectMs = 100;
constexpr int kConnectMs = 5000;  // gRPC calls the time it leaves a handshake its least backoff
constexpr int kSlowestReconnectMs = 5000;
/// A host that is gone without a word is noticed after both, while a call waits. gRPC sends two such pings in a row at
/// most, which Notary's signer puts up with.
constexpr int kPingAfterMs = 5000;
constexpr int kPingAnswerMs = 3000;
constexpr std::size_t kMostRemembered = 100'000;

/// The services whose health Notary's server asks for, in its order.
constexpr const char* kHealthNames[] = {"grpc.health.v1.Health.KeyManagement", "grpc.health.v1.Health.Signer"};

struct Row {
    const char* go_name;
    StatusCode code;
    Fault fault;
};
constexpr Row kCodes[] = {
    {"Canceled", StatusCode::CANCELLED, Fault::Unavailable},
    {"Unknown", StatusCode::UNKNOWN, Fault::Internal},
    {"InvalidArgument", StatusCode::INVALID_ARGUMENT, Fault::Internal},
    {"DeadlineExceeded", StatusCode::DEADLINE_EXCEEDED, Fault::DeadlineExceeded},
    {"NotFound", StatusCode::NOT_FOUND, Fault::NotFound},
    {"AlreadyExists", StatusCode::ALREADY_EXISTS, Fault::Conflict},
    {"PermissionDenied", StatusCode::PERMISSION_DENIED, Fault::Unauthorized},
    {"ResourceExhausted", StatusCode::RESOURCE_EXHAUSTED, Fault::ResourceExhausted},
    {"FailedPrecondition", StatusCode::FAILED_PRECONDITION, Fault::FailedPrecondition},
    {"Aborted", StatusCode::ABORTED, Fault::Conflict},
    {"OutOfRange", StatusCode::OUT_OF_RANGE, Fault::Internal},
    {"Unimplemented", StatusCode::UNIMPLEMENTED, Fault::Internal},
    {"Internal", StatusCode::INTERNAL, Fault::Internal},
    {"Unavailable", StatusCode::UNAVAILABLE, Fault::Unavailable},
    {"DataLoss", StatusCode::DATA_LOSS, Fault::DataLoss},
    {"Unauthenticated", StatusCode::UNAUTHENTICATED, Fault::Unauthorized},
};

/// Throws unless the call succeeded, in the words of a Go client.
void check(const Status& status) {
    if (status.ok()) return;
    Row found{"Unknown", StatusCode::UNKNOWN, Fault::Internal};
    for (const Row& row : kCodes)
        if (row.code == status.error_code()) found = row;
    throw Error(found.fault, concat("rpc error: code = ", found.go_name, " desc = ", status.error_message()));
}

std::shared_ptr<grpc::ChannelCredentials> credentials(const GrpcSigningOptions& options) {
    grpc::SslCredentialsOptions tls;
    if (!options.ca_file.empty()) tls.pem_root_certs = read_configured_file("trust_service", options.ca_file);
    if (!options.certificate_file.empty()) {
        tls.pem_cert_chain = read_configured_file("trust_service", options.certificate_file);
        tls.pem_private_key = read_configured_file("trust_service", options.key_file);
    }
    return grpc::SslCredentials(tls);
}

/// Calls that fail at once do not wait for the connection, and then nobody reads what the signer says in its handshake
/// but gRPC's spare poller: every 5 s by default, which is as long as a handshake may take. It is set when gRPC starts.
void read_handshakes_without_calls() { ::setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "50", 0); }

/// A channel with a connection of its own.
std::shared_ptr<grpc::Channel> channel(const GrpcSigningOptions& options,
                                       const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMs);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kSlowestReconnectMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingAfterMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingAnswerMs);
    return grpc::CreateCustomChannel(concat(options.hostname, ":", options.port), credentials, arguments);
}

/// What one call is sent with.
class Call {
public:
    explicit Call(std::chrono::milliseconds time_limit) {
        context_.set_deadline(std::chrono::system_clock::now() + time_limit);
    }
    [[nodiscard]] grpc::ClientContext* context() { return &context_; }

private:
    grpc::ClientContext context_;
};

tuf::PublicKey key_of(const proto::KeyInfo& info, const Bytes& public_key) {
    return {info.algorithm().algorithm(), public_key};
}

}  // namespace

class GrpcSigningService::Implementation {
public:
    explicit Implementation(const GrpcSigningOptions& given) : options(given) {
        read_handshakes_without_calls();
        const auto shown = credentials(options);
        for (std::size_t i = 0; i < options.connections; ++i)
            connections_.push_back(std::make_unique<Connection>(channel(options, shown)));
    }

    struct Connection {
        explicit Connection(const std::shared_ptr<grpc::Channel>& to) : keys(to), signer(to), health(to) {}
        proto::KeyManagement::Stub keys;
        proto::Signer::Stub signer;
        grpc::health::v1::Health::Stub health;
    };
    [[nodiscard]] Connection& next() { return *connections_[turn_++ % connections_.size()]; }

    /// Answers are remembered by id: a key never changes, and a publish then costs one Sign a role.
    [[nodiscard]] std::optional<tuf::PublicKey> remembered(const tuf::KeyId& id) {
        const std::lock_guard lock(mutex_);
        const auto found = found_.find(id.str());
        return found == found_.end() ? std::nullopt : std::optional(found->second);
    }
    void remember(const tuf::PublicKey& key) {
        const std::lock_guard lock(mutex_);
        if (found_.size() >= kMostRemembered) found_.clear();
        found_.emplace(key.id().str(), key);
    }

    const GrpcSigningOptions options;

private:
    std::vector<std::unique_ptr<Connection>> connections_;
    std::atomic<std::size_t> turn_ = 0;
    std::mutex mutex_;  // guards found_
    std::unordered_map<std::string, tuf::PublicKey> found_;
};

GrpcSigningService::GrpcSigningService(const GrpcSigningOptions& options)
    : implementation_(std::make_unique<Implementation>(options)) {}

GrpcSigningService::~GrpcSigningService() = default;

tuf::PublicKey GrpcSigningService::create_key(const tuf::Gun& gun, const tuf::RoleName& role) {
    Call call(implementation_->options.deadline);
    proto::CreateKeyRequest request;
    request.set_algorithm(implementation_->options.key_algorithm);
    request.set_gun(gun.str());
    request.set_role(role.str());
    proto::PublicKey reply;
    check(implementation_->next().keys.CreateKey(call.context(), request, &reply));
    tuf::PublicKey key = key_of(reply.keyinfo(), reply.publickey());
    implementation_->remember(key);
    return key;
}

std::optional<tuf::PublicKey> GrpcSigningService::find_key(const tuf::KeyId& canonical_id) {
    if (auto known = implementation_->remembered(canonical_id)) return known;
    Call call(implementation_->options.deadline);
    proto::KeyID request;
    request.set_id(canonical_id.str());
    proto::GetKeyInfoResponse reply;
    const Status status = implementation_->next().keys.GetKeyInfo(call.context(), request, &reply);
    if (status.error_code() == StatusCode::NOT_FOUND) return std::nullopt;
    check(status);
    tuf::PublicKey key = key_of(reply.keyinfo(), reply.publickey());
    if (key.id() != canonical_id)
        throw Error(Fault::Internal, concat("signer: asked for key ", canonical_id, ", got ", key.id()));
    implementation_->remember(key);
    return key;
}

tuf::Signature GrpcSigningService::sign(const tuf::Gun& gun, const tuf::RoleName& role, const tuf::PublicKey& key,
                                        ByteView message) {
    Call call(implementation_->options.deadline);
    call.context()->AddMetadata(schemas::kGunMetadata, gun.str());
    call.context()->AddMetadata(schemas::kRoleMetadata, role.str());
    proto::SignatureRequest request;
    request.mutable_keyid()->set_id(key.canonical_id().str());
    request.set_content(message.data(), message.size());
    proto::Signature reply;
    check(implementation_->next().signer.Sign(call.context(), request, &reply));
    return {.keyid = key.id(), .method = reply.algorithm().algorithm(), .sig = std::move(*reply.mutable_content())};
}

void GrpcSigningService::check_health() {
    for (const char* name : kHealthNames) {
        Call call(implementation_->options.deadline);
        grpc::health::v1::HealthCheckRequest request;
        request.set_service(name);
        grpc::health::v1::HealthCheckResponse reply;
        check(implementation_->next().health.Check(call.context(), request, &reply));
        if (reply.status() != grpc::health::v1::HealthCheckResponse::SERVING)
            throw Error(Fault::Unavailable, concat("signer: ", name, " is not serving"));
    }
}

}  // namespace sello::server
