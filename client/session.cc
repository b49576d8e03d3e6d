#include "client/session.h"

#include <iostream>

#include "client/printable.h"
#include "tuf/base/error.h"

namespace sello::client {

void tell(const std::string& sentence) { std::cerr << printable(sentence) << '\n'; }

Session::Session(const ClientConfig& config, const tuf::Gun& gun)
    : gun_(gun),
      directory_(config.trust_directory),
      keys_(directory_.keys(), passphrases_),
      http_(Url::parse(config.server), config.tls),
      api_(http_, gun),
      updater_(api_, directory_, config.pinning, clock_, [](const std::string& text) { tell("Warning: " + text); }),
      publisher_(api_, directory_, keys_, updater_, clock_, tell) {}

tuf::TrustedMetadata Session::trusted(bool offline) {
    auto trusted = offline ? updater_.load_cached(gun_) : updater_.refresh(gun_);
    if (!trusted)
        throw Error(Fault::NotFound, offline ? concat(gun_, ": nothing is cached")
                                             : concat(http_.url().host, " does not have trust data for ", gun_));
    if (offline)
        tell(concat("Offline: showing what was trusted on the last visit, valid until ",
                    to_unix_date(trusted->timestamp().payload.expires)));
    return std::move(*trusted);
}

}  // namespace sello::client
