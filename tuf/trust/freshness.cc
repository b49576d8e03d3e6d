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
    if (offered.number() >= trusted.number()) return;
    throw Refusal(Fault::Rollback, concat(subject, ": version ", offered, " is lower than current version ", trusted),
                  {Check::Version, subject, offered, concat("version ", trusted, " or later"), offered.str(), {}});
}

bool is_newer(Version offered, Version known) { return offered.number() > known.number(); }
bool is_same(Version offered, Version known) { return offered == known; }

void require_bounded_step(const std::string& subject, Version offered, const std::optional<Version>& stored,
                          std::int64_t max_step) {
    const std::int64_t base = stored ? stored->number() : 0;
    if (offered.number() - base <= max_step) return;
    throw Refusal(Fault::VersionMismatch,
                  concat(subject, ": version ", offered, " jumps more than ", max_step, " past ", base),
                  {Check::Version, subject, offered, concat("at most ", max_step, " past ", base), offered.str(), {}});
}

void require_same_or_next_root(Version offered, Version stored) {
    if (offered == stored || offered.number() - 1 == stored.number()) return;
    throw Refusal(Fault::VersionMismatch,
                  concat("Root modifications must increment the version. Current ", stored, ", new ", offered),
                  {Check::Version, "root", offered, concat("version ", stored, " or the next"), offered.str(), {}});
}

void require_version(const std::string& subject, Version offered, Version wanted) {
    if (offered == wanted) return;
    throw Refusal(Fault::VersionMismatch, concat(subject, ": want version ", wanted, ", got ", offered),
                  {Check::Version, subject, offered, concat("version ", wanted), offered.str(), {}});
}

}  // namespace sello::tuf
