#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/config.h"
#include "client/keys/key_store.h"
#include "client/keys/passphrase.h"
#include "client/publisher.h"
#include "client/remote/notary_api.h"
#include "client/trust_directory.h"
#include "client/updater.h"

namespace sello::client {

/// The objects that a command on one collection needs, made together. The server is not spoken to until it is needed.
class Session {
public:
    Session(const ClientConfig& config, const tuf::Gun& gun);

    [[nodiscard]] Publisher& publisher() { return publisher_; }
    [[nodiscard]] Changelist changelist() const { return Changelist(directory_.changelist(gun_)); }
    /// What the server has now, or with `offline` what is cached and still valid. Throws Error(Fault::NotFound) if
    /// there is nothing.
    [[nodiscard]] tuf::TrustedMetadata trusted(bool offline);
    /// Why what trusted() gave lacks some delegations.
    [[nodiscard]] const std::vector<tuf::Refusal>& refusals() const { return updater_.refusals(); }
    [[nodiscard]] const tuf::Gun& gun() const { return gun_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }

private:
    tuf::Gun gun_;
    SystemClock clock_;
    TrustDirectory directory_;
    EnvironmentOrTerminal passphrases_;
    KeyStore keys_;
    HttpClient http_;
    NotaryApi api_;
    Updater updater_;
    Publisher publisher_;
};

/// A sentence for the user that is no result: one line on stderr, whatever is in it.
void tell(const std::string& sentence);

}  // namespace sello::client
