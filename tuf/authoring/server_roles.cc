#include "tuf/authoring/server_roles.h"

#include <utility>

#include "tuf/base/error.h"
#include "tuf/metadata/canonical_json.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

template <class Payload>
Signed<Payload> sign_with_all(Payload payload, const RoleName& role, const Root& root, const SignFunction& sign) {
    const Json document = to_json(payload);
    Bytes message = canonical_json(document);
    std::vector<Signature> signatures;
    for (const KeyId& id : root.role(role.str()).keyids) {
        signatures.push_back(sign(role, root.keys.at(id), message));
        signatures.back().keyid = id;
    }
    require_threshold(message, signatures, root.role(role.str()), root.keys, role.str());
    Bytes bytes = write_document(document, signatures);
    return {std::move(payload), std::move(signatures), std::move(message), std::move(bytes)};
}

}  // namespace

Snapshot next_snapshot(const Snapshot* previous, const ValidatedUpdate& update, const Instant& expires) {
    Snapshot next;
    if (previous != nullptr) {
        next = *previous;
        next.version = previous->version.next();
    }
    next.expires = expires;
    next.meta.insert_or_assign("root", describe_file(update.root->bytes));
    for (const auto* files : {&update.ancestors, &update.targets})
        for (const auto& [role, file] : *files) next.meta.insert_or_assign(role.str(), describe_file(file->bytes));
    return next;
}

Snapshot renewed_snapshot(const Snapshot& previous, ByteView root, const Instant& expires) {
    Snapshot next = previous;
    next.version = previous.version.next();
    next.expires = expires;
    next.meta.insert_or_assign("root", describe_file(root));
    return next;
}

Timestamp next_timestamp(const Timestamp* previous, ByteView snapshot, const Instant& expires) {
    return {previous != nullptr ? previous->version.next() : Version(1), expires, describe_file(snapshot)};
}

Signed<Snapshot> sign_snapshot(Snapshot snapshot, const Root& root, const SignFunction& sign) {
    return sign_with_all(std::move(snapshot), snapshot_role(), root, sign);
}

Signed<Timestamp> sign_timestamp(Timestamp timestamp, const Root& root, const SignFunction& sign) {
    return sign_with_all(std::move(timestamp), timestamp_role(), root, sign);
}

}  // namespace sello::tuf
