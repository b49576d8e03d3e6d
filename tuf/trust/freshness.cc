#include "tuf/trust/freshness.h"

#include "tuf/trust/refusal.h"

namespace sello::tuf {

bool is_expired(const Instant& expires, const Instant& now, Dialect dialect) {
    return dialect == Dialect::Notary ? expires < now : expires <= now;
}

void require_unexpired(const std::string& subject, const Instant& expires, const Instant& now, Dialect dialect) {
    if (!is_expired(expires, now, dialect)) return;
    throw Refusal(Fault::Expired, concat(subject, " expired at ", to_unix_date(expires)),
                  {Check::Expiry, subject, {}, concat("a time after ", to_rfc3339(now)), to_rfc3339(expires), {}});
}

void require_not_older(const std::string& subject, Version offered, Version trusted) {
    if (offered >= trusted) return;
    throw Refusal(Fault::Rollback, concat(subject, ": version ", offered, " is lower than current version ", trusted),
                  {Check::Version, subject, offered, concat("version ", trusted, " or later"), offered.str(), {}});
}

void require_version(const std::string& subject, Version offered, Version wanted) {
    if (offered == wanted) return;
    throw Refusal(Fault::VersionMismatch, concat(subject, ": want version ", wanted, ", got ", offered),
                  {Check::Version, subject, offered, concat("version ", wanted), offered.str(), {}});
}

}  // namespace sello::tuf
