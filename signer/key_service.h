#pragma once

#include <chrono>
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
    KeyService(KeyVault& vault, std::chrono::milliseconds time_limit);
    KeyService(const KeyService&) = delete;
    KeyService& operator=(const KeyService&) = delete;
    KeyService(KeyService&&) = delete;
    KeyService& operator=(KeyService&&) = delete;
    ~KeyService();

    /// To be registered with a server, which must end before this.
    [[nodiscard]] std::vector<grpc::Service*> services() const;
    /// Answers the Sign calls that wait for longer than their time limit. To be called every second or so.
    void give_up_on_late_calls();
    /// Whether no call waits for its answer.
    [[nodiscard]] bool is_idle() const;

private:
    class KeyManagement;
    class Signer;
    std::unique_ptr<KeyManagement> key_management_;
    std::unique_ptr<Signer> signer_;
};

}  // namespace sello::signer
