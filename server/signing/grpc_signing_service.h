#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "server/signing/signing_service.h"

namespace sello::server {

struct GrpcSigningOptions {
    std::string hostname;  ///< also the name that the signer's certificate must carry
    std::string port;
    std::string key_algorithm;     ///< of new keys: `ecdsa`, `ed25519`
    std::string ca_file;           ///< PEM; the only authorities the signer is trusted by; empty: the system's
    std::string certificate_file;  ///< PEM, of this client; empty: none is shown
    std::string key_file;          ///< PEM
    std::chrono::milliseconds deadline{10'000};  ///< of every call
    std::size_t connections = 2;                 ///< calls take them in turn
};

/// Notary's signer protocol over gRPC and TLS. Connects when first used, and again after a loss, by itself. Failures
/// carry the text that Notary's server shows: `rpc error: code = NotFound desc = key ID not found`.
class GrpcSigningService final : public SigningService {
public:
    /// Throws Error(Fault::BadConfiguration) if a file cannot be read. Does not wait for the signer.
    explicit GrpcSigningService(const GrpcSigningOptions& options);
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
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace sello::server
