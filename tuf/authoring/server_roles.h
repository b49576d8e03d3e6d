#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "tuf/metadata/codec.h"
#include "tuf/names/role_name.h"
#include "tuf/trust/validate_update.h"

/// The snapshot and timestamp that a server makes. Pure: the signatures come from `sign`.
namespace sello::tuf {

/// Signs `message` with one key of a role. Throws Error if the key is not to be had.
using SignFunction = std::function<Signature(const RoleName& role, const PublicKey& key, ByteView message)>;

struct Lifetimes {
    std::chrono::seconds snapshot = std::chrono::hours(24 * 1095);
    std::chrono::seconds timestamp = std::chrono::hours(24 * 14);
};

/// The successor of `previous` (version 1 without one) that lists the update's root, targets and loaded ancestors;
/// everything else that `previous` lists is kept.
[[nodiscard]] Snapshot next_snapshot(const Snapshot* previous, const ValidatedUpdate& update, const Instant& expires);
/// The same files, a new version and life: renewal. `root` is listed anew.
[[nodiscard]] Snapshot renewed_snapshot(const Snapshot& previous, ByteView root, const Instant& expires);
[[nodiscard]] Timestamp next_timestamp(const Timestamp* previous, ByteView snapshot, const Instant& expires);

/// Signs with every key of the root's role, as Notary's server does, and checks the result against the threshold: a
/// document that its own root refuses never leaves.
[[nodiscard]] Signed<Snapshot> sign_snapshot(Snapshot snapshot, const Root& root, const SignFunction& sign);
[[nodiscard]] Signed<Timestamp> sign_timestamp(Timestamp timestamp, const Root& root, const SignFunction& sign);

}  // namespace sello::tuf
