#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tuf/base/instant.h"
#include "tuf/metadata/dialect.h"
#include "tuf/names/version.h"

/// The comparisons of time and of versions, each written once.
namespace sello::tuf {

/// In the Notary dialect a document lives through the second of its `expires`; in TUF 1.0 that second is past its end.
[[nodiscard]] bool is_expired(const Instant& expires, const Instant& now, Dialect dialect = Dialect::Notary);

/// Throws Refusal(Fault::Expired) with Notary's text: `targets expired at Fri Nov 20 19:07:54 UTC 2026`.
void require_unexpired(const std::string& subject, const Instant& expires, const Instant& now,
                       Dialect dialect = Dialect::Notary);

/// Throws Refusal(Fault::Rollback) if `offered` is older than `trusted`.
void require_not_older(const std::string& subject, Version offered, Version trusted);

[[nodiscard]] bool is_newer(Version offered, Version known);
[[nodiscard]] bool is_same(Version offered, Version known);

/// Throws Refusal(Fault::VersionMismatch) past `max_step` above the stored version, or above 0: versions may jump, but
/// not so far that they run into the end of the integer.
void require_bounded_step(const std::string& subject, Version offered, const std::optional<Version>& stored,
                          std::int64_t max_step);

/// Throws Refusal(Fault::VersionMismatch) with Notary's text unless the root is of the stored version or the one after.
void require_same_or_next_root(Version offered, Version stored);

/// Throws Refusal(Fault::VersionMismatch) unless `offered` is the very version that is `wanted`.
void require_version(const std::string& subject, Version offered, Version wanted);

}  // namespace sello::tuf
