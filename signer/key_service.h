#pragma once

#include <memory>
#include <vector>

#include "signer/key_vault.h"

namespace grpc {
class Service;
}

namespace sello::signer {

/// Notary's services proto.KeyManagement and proto.Signer over a vault: messages to values and back, Fault to status,
/// and one log line for every use of a key.
class KeyService {
public:
    explicit KeyService(KeyVault& vault);
    KeyService(const KeyService&) = delete;
    KeyService& operator=(const KeyService&) = delete;
    KeyService(KeyService&&) = delete;
    KeyService& operator=(KeyService&&) = delete;
    ~KeyService();

    /// To be registered with a server, which must end before this.
    [[nodiscard]] std::vector<grpc::Service*> services() const;

private:
    std::vector<std::unique_ptr<grpc::Service>> services_;
};

}  // namespace sello::signer
