#pragma once

#include <functional>
#include <map>
#include <string>

#include "tuf/base/secret.h"

namespace sello::client {

/// Asks for the passphrase of a key: `role` names it to the user, `key_id` too where it is known.
/// `attempt` counts from 0. Throws Error(Fault::Unauthorized) when there is nobody to ask, or no more to try.
class Passphrases {
public:
    virtual ~Passphrases() = default;
    Passphrases() = default;
    Passphrases(const Passphrases&) = delete;
    Passphrases& operator=(const Passphrases&) = delete;
    Passphrases(Passphrases&&) = delete;
    Passphrases& operator=(Passphrases&&) = delete;

    [[nodiscard]] virtual Secret existing(const std::string& role, const std::string& key_id, int attempt) = 0;
    [[nodiscard]] virtual Secret created(const std::string& role, const std::string& key_id) = 0;
};

/// NOTARY_ROOT_PASSPHRASE, NOTARY_TARGETS_PASSPHRASE, NOTARY_SNAPSHOT_PASSPHRASE and NOTARY_DELEGATION_PASSPHRASE (any
/// other role), or DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE and DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE; else the
/// terminal, without echo. What is answered once for a role is tried first the next time.
class EnvironmentOrTerminal final : public Passphrases {
public:
    [[nodiscard]] Secret existing(const std::string& role, const std::string& key_id, int attempt) override;
    [[nodiscard]] Secret created(const std::string& role, const std::string& key_id) override;

private:
    std::map<std::string, Secret> remembered_;
};

}  // namespace sello::client
