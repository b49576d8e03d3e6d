#include "tuf/trust/root_trust.h"

#include <string_view>

#include "tuf/base/error.h"
#include "tuf/crypto/certificate.h"
#include "tuf/trust/threshold.h"

namespace sello::tuf {
namespace {

bool names(std::string_view common_name, const Gun& gun) {
    if (common_name == gun.str()) return true;
    return common_name.ends_with('*') && gun.str().starts_with(common_name.substr(0, common_name.size() - 1));
}

bool is_usable(const PublicKey& key, const Gun& gun, const Instant& now, CertificateDates dates) {
    const CertificateBundle* bundle = key.certificates();
    return bundle != nullptr && bundle->has_single_leading_leaf() && names(bundle->leaf_common_name(), gun) &&
           bundle->leaf_is_strong() && (dates == CertificateDates::Ignore || bundle->leaf_is_current(now));
}

}  // namespace

RoleKeys usable_root_keys(const Root& root, const Gun& gun, const Instant& now, CertificateDates dates) {
    const RoleKeys& role = root.role("root");
    RoleKeys usable{{}, role.threshold};
    for (const KeyId& id : role.keyids)
        if (is_usable(root.keys.at(id), gun, now, dates)) usable.keyids.push_back(id);
    return usable;
}

void require_self_signed(const Signed<Root>& root, const Gun& gun, const Instant& now) {
    constexpr std::string_view prefix = "could not validate the path to a trusted root: ";
    const RoleKeys usable = usable_root_keys(root.payload, gun, now, CertificateDates::Check);
    if (usable.keyids.empty())
        throw Error(Fault::Untrusted, concat(prefix, "unable to retrieve valid leaf certificates"));
    const auto tally = count_signatures(root.message, root.signatures, usable, root.payload.keys);
    if (!tally.met())
        throw Error(Fault::Untrusted, concat(prefix, "failed to validate integrity of roots (", tally.str(), ")"));
}

void require_signed_by_previous(const Signed<Root>& root, const Root& previous, const Gun& gun, const Instant& now) {
    const RoleKeys usable = usable_root_keys(previous, gun, now, CertificateDates::Ignore);
    const auto tally = count_signatures(root.message, root.signatures, usable, previous.keys);
    if (!tally.met())
        throw Error(Fault::Untrusted,
                    concat("could not rotate trust to a new trusted root: failed to validate data with current trusted "
                           "certificates (",
                           tally.str(), ")"));
}

}  // namespace sello::tuf
