#include "signer/key_service.h"

#include <grpcpp/grpcpp.h>

#include "schemas/signer.grpc.pb.h"
#include "schemas/signer_metadata.h"
#include "tuf/base/error.h"
#include "tuf/base/log.h"

namespace sello::signer {
namespace {

using grpc::Status;
using grpc::StatusCode;

StatusCode code_of(Fault fault) {
    switch (fault) {
        case Fault::Malformed:
        case Fault::TooLarge:
        case Fault::WrongType: return StatusCode::INVALID_ARGUMENT;
        case Fault::NotFound: return StatusCode::NOT_FOUND;
        case Fault::Conflict: return StatusCode::ABORTED;
        case Fault::Untrusted:
        case Fault::Unauthorized: return StatusCode::PERMISSION_DENIED;
        case Fault::Unavailable: return StatusCode::UNAVAILABLE;
        case Fault::DeadlineExceeded: return StatusCode::DEADLINE_EXCEEDED;
        case Fault::ResourceExhausted: return StatusCode::RESOURCE_EXHAUSTED;
        case Fault::FailedPrecondition:
        case Fault::BadConfiguration: return StatusCode::FAILED_PRECONDITION;
        case Fault::DataLoss: return StatusCode::DATA_LOSS;
        case Fault::ThresholdNotMet:
        case Fault::Rollback:
        case Fault::VersionMismatch:
        case Fault::Expired:
        case Fault::DigestMismatch:
        case Fault::Storage:
        case Fault::Crypto:
        case Fault::Internal: return StatusCode::INTERNAL;
    }
    return StatusCode::INTERNAL;
}

/// Runs `action`, which returns a Status. What it throws becomes a status; reasons inside the process stay in the log,
/// and the caller gets `internal_text` instead.
template <class Action>
Status answer(const char* method, const std::string& internal_text, Action action) {
    try {
        return action();
    } catch (const Error& error) {
        const StatusCode code = code_of(error.fault());
        log::error("request failed", {{"method", method}, {"status", int{code}}, {"reason", error.what()}});
        return {code, code == StatusCode::INTERNAL ? internal_text : std::string(error.what())};
    } catch (const std::exception& error) {
        log::error("request failed", {{"method", method}, {"reason", error.what()}});
        return {StatusCode::INTERNAL, internal_text};
    }
}

/// Null for an absent or empty id, which names no key.
std::optional<tuf::KeyId> id_of(const proto::KeyID& id) {
    if (id.id().empty() || id.id().size() > 255) return std::nullopt;
    return tuf::KeyId(id.id());
}

void describe(const KeyRecord& key, proto::KeyInfo& info) {
    info.mutable_keyid()->set_id(key.public_key.id().str());
    info.mutable_algorithm()->set_algorithm(key.public_key.type_name());
}

/// A caller that names its purpose is held to it: the key must have been made for that GUN and role.
void require_purpose(const grpc::ServerContext& context, const KeyRecord& key) {
    const auto require = [&](const char* name, const char* what, const std::string& bound_to) {
        const auto named = context.client_metadata().find(name);
        if (named == context.client_metadata().end()) return;
        if (ByteView(named->second.data(), named->second.size()) != bound_to)
            throw Error(Fault::Unauthorized, concat("key ", key.public_key.id(), ": was not made for this ", what));
    };
    require(schemas::kGunMetadata, "GUN", key.gun.str());
    require(schemas::kRoleMetadata, "role", key.role.str());
}

class KeyManagement final : public proto::KeyManagement::Service {
public:
    explicit KeyManagement(KeyVault& vault) : vault_(vault) {}

    Status CreateKey(grpc::ServerContext*, const proto::CreateKeyRequest* request, proto::PublicKey* reply) override {
        const std::string& algorithm = request->algorithm();
        if (algorithm != "ecdsa" && algorithm != "ed25519")
            return {StatusCode::UNKNOWN, concat("algorithm ", algorithm, " not supported for create key")};
        return answer("CreateKey", "Key creation failed", [&] {
            const auto key = vault_.create(algorithm, tuf::Gun(request->gun()), tuf::RoleName(request->role()));
            log::info("key created", {{"key_id", key->public_key.id()}, {"gun", key->gun}, {"role", key->role}});
            describe(*key, *reply->mutable_keyinfo());
            reply->set_publickey(key->public_key.bytes());
            return Status::OK;
        });
    }

    Status GetKeyInfo(grpc::ServerContext*, const proto::KeyID* request, proto::GetKeyInfoResponse* reply) override {
        return answer("GetKeyInfo", "key ID not found", [&]() -> Status {
            const auto id = id_of(*request);
            const auto key = id ? vault_.find(*id) : nullptr;
            if (!key) return {StatusCode::NOT_FOUND, "key ID not found"};
            describe(*key, *reply->mutable_keyinfo());
            reply->set_publickey(key->public_key.bytes());
            reply->set_role(key->role.str());
            return Status::OK;
        });
    }

    Status DeleteKey(grpc::ServerContext*, const proto::KeyID* request, proto::Void*) override {
        return answer("DeleteKey", concat("Key deletion for KeyID ", request->id(), " failed"), [&] {
            const auto id = id_of(*request);
            if (!id) return Status::OK;
            vault_.remove(*id);
            log::info("key deleted", {{"key_id", *id}});
            return Status::OK;
        });
    }

private:
    KeyVault& vault_;
};

class Signer final : public proto::Signer::Service {
public:
    explicit Signer(KeyVault& vault) : vault_(vault) {}

    Status Sign(grpc::ServerContext* context, const proto::SignatureRequest* request,
                proto::Signature* reply) override {
        const std::string& wanted = request->keyid().id();
        return answer("Sign", concat("Signing failed for KeyID ", wanted), [&]() -> Status {
            const auto id = id_of(request->keyid());
            const auto key = id ? vault_.find(*id) : nullptr;
            if (key) require_purpose(*context, *key);
            auto signature = key ? vault_.sign(*id, request->content()) : std::nullopt;
            if (!signature) return {StatusCode::NOT_FOUND, concat("signing key not found: ", wanted)};
            log::info("key used", {{"key_id", *id}, {"gun", key->gun}, {"role", key->role}});
            describe(*key, *reply->mutable_keyinfo());
            reply->mutable_algorithm()->set_algorithm(signature->method);
            reply->set_content(std::move(signature->content));
            return Status::OK;
        });
    }

private:
    KeyVault& vault_;
};

}  // namespace

KeyService::KeyService(KeyVault& vault) {
    services_.push_back(std::make_unique<KeyManagement>(vault));
    services_.push_back(std::make_unique<Signer>(vault));
}

KeyService::~KeyService() = default;

std::vector<grpc::Service*> KeyService::services() const {
    std::vector<grpc::Service*> all;
    for (const auto& service : services_) all.push_back(service.get());
    return all;
}

}  // namespace sello::signer
