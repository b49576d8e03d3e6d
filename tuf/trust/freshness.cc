#include "tuf/trust/freshness.h"

#include "tuf/base/error.h"

namespace sello::tuf {

bool is_expired(const Instant& expires, const Instant& now) { return expires < now; }

void require_unexpired(const std::string& subject, const Instant& expires, const Instant& now) {
    if (is_expired(expires, now)) throw Error(Fault::Expired, concat(subject, " expired at ", to_unix_date(expires)));
}

void require_not_older(const std::string& subject, Version offered, Version trusted) {
    if (offered < trusted)
        throw Error(Fault::Rollback,
                    concat(subject, ": version ", offered, " is lower than current version ", trusted));
}

}  // namespace sello::tuf
