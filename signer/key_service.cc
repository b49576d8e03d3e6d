#include "signer/key_service.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <unordered_set>

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

/// What is wrong with this process or its token, which callers learn nothing of: their own callers may be anybody.
bool is_internal(StatusCode code) {
    return code == StatusCode::INTERNAL || code == StatusCode::FAILED_PRECONDITION || code == StatusCode::DATA_LOSS;
}

/// Runs `action`, which returns a Status. What it throws becomes a status; internal reasons stay in the log, and the
/// caller gets `internal_text` instead.
template <class Action>
Status answer(const char* method, const std::string& internal_text, Action action) {
    try {
        return action();
    } catch (const Error& error) {
        const StatusCode code = code_of(error.fault());
        log::error("request failed", {{"method", method}, {"status", int{code}}, {"reason", error.what()}});
        return {code, is_internal(code) ? internal_text : std::string(error.what())};
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
void require_purpose(const grpc::CallbackServerContext& context, const KeyRecord& key) {
    const auto require = [&](const char* name, const char* what, const std::string& bound_to) {
        const auto named = context.client_metadata().find(name);
        if (named == context.client_metadata().end()) return;
        if (ByteView(named->second.data(), named->second.size()) != bound_to)
            throw Error(Fault::Unauthorized, concat("key ", key.public_key.id(), ": was not made for this ", what));
    };
    require(schemas::kGunMetadata, "GUN", key.gun.str());
    require(schemas::kRoleMetadata, "role", key.role.str());
}

/// One Sign call under way. It is answered once: by the vault or, past its time, by whoever looks after late calls.
struct SignCall {
    SignCall(grpc::ServerUnaryReactor* answering, proto::Signature* filling, std::shared_ptr<const KeyRecord> with,
             std::chrono::steady_clock::time_point until)
        : reactor(answering), reply(filling), key(std::move(with)), deadline(until) {}
    grpc::ServerUnaryReactor* reactor;  ///< gRPC's, with `reply`; both gone once answered
    proto::Signature* reply;
    std::shared_ptr<const KeyRecord> key;
    std::chrono::steady_clock::time_point deadline;
    std::atomic<bool> answered = false;
};

Status fill(const SignCall& call, SignOutcome& outcome) {
    const KeyRecord& key = *call.key;
    return answer("Sign", concat("Signing failed for KeyID ", key.public_key.id()), [&] {
        if (outcome.failure) std::rethrow_exception(outcome.failure);
        log::info("key used", {{"key_id", key.public_key.id()}, {"gun", key.gun}, {"role", key.role}});
        describe(key, *call.reply->mutable_keyinfo());
        call.reply->mutable_algorithm()->set_algorithm(outcome.method);
        call.reply->set_content(std::move(outcome.content));
        return Status::OK;
    });
}

/// One more for as long as it lives.
class Presence {
public:
    explicit Presence(std::atomic<int>& count) : count_(count) { ++count_; }
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;
    Presence(Presence&&) = delete;
    Presence& operator=(Presence&&) = delete;
    ~Presence() { --count_; }

private:
    std::atomic<int>& count_;
};

}  // namespace

/// Creating and deleting block, so they have gRPC's pool of threads; looking up is answered where it arrives.
class KeyService::KeyManagement final
    : public proto::KeyManagement::WithCallbackMethod_GetKeyInfo<proto::KeyManagement::Service> {
public:
    explicit KeyManagement(KeyVault& vault) : vault_(vault) {}

    Status CreateKey(grpc::ServerContext*, const proto::CreateKeyRequest* request, proto::PublicKey* reply) override {
        const std::string& algorithm = request->algorithm();
        if (algorithm != "ecdsa" && algorithm != "ed25519")
            return {StatusCode::UNKNOWN, concat("algorithm ", algorithm, " not supported for create key")};
        const Presence here(under_way_);
        return answer("CreateKey", "Key creation failed", [&] {
            const auto key = vault_.create(algorithm, tuf::Gun(request->gun()), tuf::notary_role(request->role()));
            log::info("key created", {{"key_id", key->public_key.id()}, {"gun", key->gun}, {"role", key->role}});
            describe(*key, *reply->mutable_keyinfo());
            reply->set_publickey(key->public_key.bytes());
            return Status::OK;
        });
    }

    grpc::ServerUnaryReactor* GetKeyInfo(grpc::CallbackServerContext* context, const proto::KeyID* request,
                                         proto::GetKeyInfoResponse* reply) override {
        auto* reactor = context->DefaultReactor();
        reactor->Finish(answer("GetKeyInfo", "key ID not found", [&]() -> Status {
            const auto id = id_of(*request);
            const auto key = id ? vault_.find(*id) : nullptr;
            if (!key) return {StatusCode::NOT_FOUND, "key ID not found"};
            describe(*key, *reply->mutable_keyinfo());
            reply->set_publickey(key->public_key.bytes());
            reply->set_role(key->role.str());
            return Status::OK;
        }));
        return reactor;
    }

    Status DeleteKey(grpc::ServerContext*, const proto::KeyID* request, proto::Void*) override {
        const Presence here(under_way_);
        return answer("DeleteKey", concat("Key deletion for KeyID ", request->id(), " failed"), [&] {
            const auto id = id_of(*request);
            if (!id) return Status::OK;
            vault_.remove(*id);
            log::info("key deleted", {{"key_id", *id}});
            return Status::OK;
        });
    }

    [[nodiscard]] bool is_idle() const { return under_way_ == 0; }

private:
    KeyVault& vault_;
    std::atomic<int> under_way_ = 0;
};

/// Nothing waits here: a call is handed to the vault and answered from the thread that has signed.
class KeyService::Signer final : public proto::Signer::CallbackService {
public:
    Signer(KeyVault& vault, std::chrono::milliseconds time_limit) : vault_(vault), time_limit_(time_limit) {}

    grpc::ServerUnaryReactor* Sign(grpc::CallbackServerContext* context, const proto::SignatureRequest* request,
                                   proto::Signature* reply) override {
        auto* reactor = context->DefaultReactor();
        const std::string& wanted = request->keyid().id();
        const Status refused = answer("Sign", concat("Signing failed for KeyID ", wanted), [&]() -> Status {
            const auto id = id_of(request->keyid());
            auto key = id ? vault_.find(*id) : nullptr;
            if (!key) return {StatusCode::NOT_FOUND, concat("signing key not found: ", wanted)};
            require_purpose(*context, *key);
            begin(std::make_shared<SignCall>(reactor, reply, std::move(key), Steady::now() + time_limit_),
                  request->content());
            return Status::OK;
        });
        if (!refused.ok()) reactor->Finish(refused);
        return reactor;
    }

    [[nodiscard]] bool is_idle() const {
        const std::lock_guard lock(mutex_);
        return under_way_.empty();
    }

    void give_up_on_late_calls() {
        std::vector<std::shared_ptr<SignCall>> late;
        {
            const std::lock_guard lock(mutex_);
            for (const auto& call : under_way_)
                if (call->deadline < Steady::now()) late.push_back(call);
            for (const auto& call : late) under_way_.erase(call);
        }
        for (const auto& call : late) {
            if (call->answered.exchange(true)) continue;
            log::error("request failed", {{"method", "Sign"}, {"reason", "the token did not answer in time"}});
            call->reactor->Finish({StatusCode::UNAVAILABLE, "token: no answer before the deadline"});
        }
    }

private:
    using Steady = std::chrono::steady_clock;

    void begin(const std::shared_ptr<SignCall>& call, ByteView content) {
        {
            const std::lock_guard lock(mutex_);
            under_way_.insert(call);
        }
        try {
            vault_.sign(call->key, content, [this, call](SignOutcome outcome) { finish(call, std::move(outcome)); });
        } catch (...) {
            end(call);
            if (call->answered.exchange(true)) return;
            throw;
        }
    }
    void finish(const std::shared_ptr<SignCall>& call, SignOutcome outcome) {
        end(call);
        if (call->answered.exchange(true)) return;
        call->reactor->Finish(fill(*call, outcome));
    }
    void end(const std::shared_ptr<SignCall>& call) {
        const std::lock_guard lock(mutex_);
        under_way_.erase(call);
    }

    KeyVault& vault_;
    std::chrono::milliseconds time_limit_;
    mutable std::mutex mutex_;
    std::unordered_set<std::shared_ptr<SignCall>> under_way_;  ///< guarded by mutex_
};

KeyService::KeyService(KeyVault& vault, std::chrono::milliseconds time_limit)
    : key_management_(std::make_unique<KeyManagement>(vault)), signer_(std::make_unique<Signer>(vault, time_limit)) {}

KeyService::~KeyService() = default;

std::vector<grpc::Service*> KeyService::services() const { return {key_management_.get(), signer_.get()}; }

void KeyService::give_up_on_late_calls() { signer_->give_up_on_late_calls(); }

bool KeyService::is_idle() const { return key_management_->is_idle() && signer_->is_idle(); }

}  // namespace sello::signer
