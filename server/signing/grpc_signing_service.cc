#include "server/signing/grpc_signing_service.h"

#include <grpcpp/grpcpp.h>

#include <fstream>
#include <sstream>

#include "schemas/health.grpc.pb.h"
#include "schemas/signer.grpc.pb.h"
#include "schemas/signer_metadata.h"
#include "tuf/base/error.h"

namespace sello::server {
namespace {

using grpc::Status;
using grpc::StatusCode;

constexpr int kFirstReconnectMs = 100;
constexpr int kSlowestReconnectMs = 5000;
constexpr std::size_t kMostRemembered = 100'000;

/// The services whose health Notary's server asks for, in its order.
constexpr const char* kHealthNames[] = {"grpc.health.v1.Health.KeyManagement", "grpc.health.v1.Health.Signer"};

struct Row {
    StatusCode code;
    const char* go_name;
    Fault fault;
};
constexpr Row kCodes[] = {
    {StatusCode::CANCELLED, "Canceled", Fault::Unavailable},
    {StatusCode::UNKNOWN, "Unknown", Fault::Internal},
    {StatusCode::INVALID_ARGUMENT, "InvalidArgument", Fault::Internal},
    {StatusCode::DEADLINE_EXCEEDED, "DeadlineExceeded", Fault::DeadlineExceeded},
    {StatusCode::NOT_FOUND, "NotFound", Fault::NotFound},
    {StatusCode::ALREADY_EXISTS, "AlreadyExists", Fault::Conflict},
    {StatusCode::PERMISSION_DENIED, "PermissionDenied", Fault::Unauthorized},
    {StatusCode::RESOURCE_EXHAUSTED, "ResourceExhausted", Fault::ResourceExhausted},
    {StatusCode::FAILED_PRECONDITION, "FailedPrecondition", Fault::FailedPrecondition},
    {StatusCode::ABORTED, "Aborted", Fault::Conflict},
    {StatusCode::OUT_OF_RANGE, "OutOfRange", Fault::Internal},
    {StatusCode::UNIMPLEMENTED, "Unimplemented", Fault::Internal},
    {StatusCode::INTERNAL, "Internal", Fault::Internal},
    {StatusCode::UNAVAILABLE, "Unavailable", Fault::Unavailable},
    {StatusCode::DATA_LOSS, "DataLoss", Fault::DataLoss},
    {StatusCode::UNAUTHENTICATED, "Unauthenticated", Fault::Unauthorized},
};

/// Throws unless the call succeeded, in the words of a Go client.
void check(const Status& status) {
    if (status.ok()) return;
    Row found{StatusCode::UNKNOWN, "Unknown", Fault::Internal};
    for (const Row& row : kCodes)
        if (row.code == status.error_code()) found = row;
    throw Error(found.fault, concat("rpc error: code = ", found.go_name, " desc = ", status.error_message()));
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file || content.str().empty())
        throw Error(Fault::BadConfiguration, concat("trust_service: file ", path, " cannot be read"));
    return content.str();
}

std::shared_ptr<grpc::ChannelCredentials> credentials(const GrpcSigningSettings& settings) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = read_file(settings.ca_file);
    if (!settings.client_cert_file.empty()) {
        options.pem_cert_chain = read_file(settings.client_cert_file);
        options.pem_private_key = read_file(settings.client_key_file);
    }
    return grpc::SslCredentials(options);
}

/// A channel with a connection of its own.
std::shared_ptr<grpc::Channel> channel(const GrpcSigningSettings& settings,
                                       const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kSlowestReconnectMs);
    return grpc::CreateCustomChannel(settings.address, credentials, arguments);
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

struct GrpcSigningService::Stubs {
    explicit Stubs(const std::shared_ptr<grpc::Channel>& to) : keys(to), signer(to), health(to) {}
    proto::KeyManagement::Stub keys;
    proto::Signer::Stub signer;
    grpc::health::v1::Health::Stub health;
};

GrpcSigningService::GrpcSigningService(GrpcSigningSettings settings) : settings_(std::move(settings)) {
    const auto shown = credentials(settings_);
    for (std::size_t i = 0; i < settings_.connections; ++i)
        connections_.push_back(std::make_unique<Stubs>(channel(settings_, shown)));
}

GrpcSigningService::~GrpcSigningService() = default;

GrpcSigningService::Stubs& GrpcSigningService::next() { return *connections_[turn_++ % connections_.size()]; }

void GrpcSigningService::remember(const tuf::PublicKey& key) {
    const std::lock_guard lock(mutex_);
    if (found_.size() >= kMostRemembered) found_.clear();
    found_.emplace(key.id().str(), key);
}

tuf::PublicKey GrpcSigningService::create_key(const tuf::Gun& gun, const tuf::RoleName& role) {
    Call call(settings_.time_limit);
    proto::CreateKeyRequest request;
    request.set_algorithm(settings_.key_algorithm);
    request.set_gun(gun.str());
    request.set_role(role.str());
    proto::PublicKey reply;
    check(next().keys.CreateKey(call.context(), request, &reply));
    tuf::PublicKey key = key_of(reply.keyinfo(), reply.publickey());
    remember(key);
    return key;
}

std::optional<tuf::PublicKey> GrpcSigningService::find_key(const tuf::KeyId& canonical_id) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = found_.find(canonical_id.str()); found != found_.end()) return found->second;
    }
    Call call(settings_.time_limit);
    proto::KeyID request;
    request.set_id(canonical_id.str());
    proto::GetKeyInfoResponse reply;
    const Status status = next().keys.GetKeyInfo(call.context(), request, &reply);
    if (status.error_code() == StatusCode::NOT_FOUND) return std::nullopt;
    check(status);
    tuf::PublicKey key = key_of(reply.keyinfo(), reply.publickey());
    if (key.id() != canonical_id)
        throw Error(Fault::Internal, concat("signer: asked for key ", canonical_id, ", got ", key.id()));
    remember(key);
    return key;
}

tuf::Signature GrpcSigningService::sign(const tuf::Gun& gun, const tuf::RoleName& role, const tuf::PublicKey& key,
                                        ByteView message) {
    Call call(settings_.time_limit);
    call.context()->AddMetadata(schemas::kGunMetadata, gun.str());
    call.context()->AddMetadata(schemas::kRoleMetadata, role.str());
    proto::SignatureRequest request;
    request.mutable_keyid()->set_id(key.canonical_id().str());
    request.set_content(message.data(), message.size());
    proto::Signature reply;
    check(next().signer.Sign(call.context(), request, &reply));
    return {.keyid = key.id(), .method = reply.algorithm().algorithm(), .sig = std::move(*reply.mutable_content())};
}

void GrpcSigningService::check_health() {
    for (const char* name : kHealthNames) {
        Call call(settings_.time_limit);
        grpc::health::v1::HealthCheckRequest request;
        request.set_service(name);
        grpc::health::v1::HealthCheckResponse reply;
        check(next().health.Check(call.context(), request, &reply));
        if (reply.status() != grpc::health::v1::HealthCheckResponse::SERVING)
            throw Error(Fault::Unavailable, concat("signer: ", name, " is not serving"));
    }
}

}  // namespace sello::server
