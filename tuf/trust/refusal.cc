#include "tuf/trust/refusal.h"

namespace sello::tuf {

std::string_view name(Check check) {
    switch (check) {
        case Check::Shape: return "shape";
        case Check::Type: return "type";
        case Check::Signatures: return "signatures";
        case Check::Version: return "version";
        case Check::Expiry: return "expiry";
        case Check::Integrity: return "integrity";
        case Check::Listing: return "listing";
        case Check::Anchor: return "anchor";
        case Check::Other: break;
    }
    return "other";
}

Check check_of(Fault fault) {
    switch (fault) {
        case Fault::Malformed:
        case Fault::TooLarge: return Check::Shape;
        case Fault::WrongType: return Check::Type;
        case Fault::ThresholdNotMet: return Check::Signatures;
        case Fault::Rollback:
        case Fault::VersionMismatch: return Check::Version;
        case Fault::Expired: return Check::Expiry;
        case Fault::DigestMismatch: return Check::Integrity;
        case Fault::Untrusted: return Check::Anchor;
        default: return Check::Other;
    }
}

void Refusal::complete(const RoleName& role, const std::optional<Version>& version) {
    if (details_.role.empty()) details_.role = role.str();
    if (!details_.version) details_.version = version;
}

}  // namespace sello::tuf
