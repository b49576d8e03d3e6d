#pragma once

#include "tuf/metadata/codec.h"

/// The Notary dialect's side of the codec; callers use codec.h.
namespace sello::tuf::notary {

[[nodiscard]] Envelope read_envelope(Bytes bytes, const JsonLimits& limits);
[[nodiscard]] Signed<Root> read_root(Envelope envelope);
[[nodiscard]] Signed<Targets> read_targets(Envelope envelope, const RoleName& role);
[[nodiscard]] Signed<Snapshot> read_snapshot(Envelope envelope);
[[nodiscard]] Signed<Timestamp> read_timestamp(Envelope envelope);

}  // namespace sello::tuf::notary
