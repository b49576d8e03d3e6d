#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/signing/signing_service.h"

namespace sello::server {

struct GrpcSigningSettings {
    std::string address;                           ///< `host:port` of the signer
    std::string ca_file;                           ///< PEM: who the signer's certificate must come from
    std::string client_cert_file;                  ///< PEM: how we show ourselves
    std::string client_key_file;                   ///< PEM
    std::string key_algorithm = "ecdsa";           ///< of keys that are made; `ed25519` where the signer can
    std::chrono::milliseconds time_limit{10'000};  ///< of one call
    std::size_t connections = 2;                   ///< calls are spread over them
};

/// A signer that speaks Notary's services over mutual TLS: sello-signer or notary-signer. Connects when first needed,
/// and again whenever the signer comes back. Failures carry the text that Notary's server shows: `rpc error: code =
/// NotFound desc = key ID not found`.
class GrpcSigningService final : public SigningService {
public:
    /// Throws Error(Fault::BadConfiguration) if a file cannot be read.
    explicit GrpcSigningService(GrpcSigningSettings settings);
    GrpcSigningService(const GrpcSigningService&) = delete;
    GrpcSigningService& operator=(const GrpcSigningService&) = delete;
    GrpcSigningService(GrpcSigningService&&) = delete;
    GrpcSigningService& operator=(GrpcSigningService&&) = delete;
    ~GrpcSigningService() override;

    [[nodiscard]] tuf::PublicKey create_key(const tuf::Gun& gun, const tuf::RoleName& role) override;
    [[nodiscard]] std::optional<tuf::PublicKey> find_key(const tuf::KeyId& canonical_id) override;
    [[nodiscard]] tuf::Signature sign(const tuf::Gun& gun, const tuf::RoleName& role, const tuf::PublicKey& key,
                                      ByteView message) override;
    void check_health() override;

private:
    struct Stubs;
    [[nodiscard]] Stubs& next();
    void remember(const tuf::PublicKey& key);

    GrpcSigningSettings settings_;
    std::vector<std::unique_ptr<Stubs>> connections_;
    std::atomic<std::size_t> turn_ = 0;
    std::mutex mutex_;
    std::unordered_map<std::string, tuf::PublicKey> found_;  ///< guarded by mutex_; a key never changes
};

}  // namespace sello::server
