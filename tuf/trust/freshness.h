#pragma once

#include <string>

#include "tuf/base/instant.h"
#include "tuf/names/version.h"

/// The comparisons of time and of versions, each written once.
namespace sello::tuf {

[[nodiscard]] bool is_expired(const Instant& expires, const Instant& now);

/// Throws Error(Fault::Expired) with Notary's text: `targets expired at Fri Nov 20 19:07:54 UTC 2026`.
void require_unexpired(const std::string& subject, const Instant& expires, const Instant& now);

/// Throws Error(Fault::Rollback) if `offered` is older than `trusted`.
void require_not_older(const std::string& subject, Version offered, Version trusted);

}  // namespace sello::tuf
