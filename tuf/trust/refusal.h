#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tuf/base/error.h"
#include "tuf/base/mismatch.h"
#include "tuf/crypto/public_key.h"
#include "tuf/names/role_name.h"
#include "tuf/names/version.h"

namespace sello::tuf {

/// What one key or signature was worth.
struct KeyOutcome {
    KeyId keyid;
    bool counted = false;
    std::string reason;  ///< "valid", or why it did not count
};

/// The check that a document did not pass.
enum class Check {
    Shape,       ///< not a document of its dialect, or past a bound
    Type,        ///< `_type` of another role
    Signatures,  ///< too few distinct keys signed
    Version,     ///< older than what was trusted, or other than what is listed
    Expiry,      ///< past its end
    Integrity,   ///< length or digest other than listed
    Listing,     ///< not listed, not delegated to, or lost from a snapshot
    Anchor,      ///< a root that neither pins nor the trusted root vouch for
    Other,       ///< no document's fault: files, network
};
[[nodiscard]] std::string_view name(Check check);
[[nodiscard]] Check check_of(Fault fault);

/// A document that is not trusted, and why: the message is for people, the rest for programs.
class Refusal : public Error {
public:
    struct Details {
        Check check = Check::Other;
        std::string role;                ///< the role's name; empty if it is not known
        std::optional<Version> version;  ///< of the refused document, if it could be read
        std::string expected;
        std::string found;
        std::vector<KeyOutcome> keys;  ///< where signatures were counted
    };

    Refusal(Fault fault, const std::string& message, Details details)
        : Error(fault, message), details_(std::move(details)) {}
    [[nodiscard]] const Details& details() const noexcept { return details_; }

    /// The same in other words.
    [[nodiscard]] Refusal retold(const std::string& message) const { return {fault(), message, details_}; }
    /// Fills in what the thrower did not know.
    void complete(const RoleName& role, const std::optional<Version>& version);

private:
    Details details_;
};

/// Runs the checks of one document; what they throw leaves as a Refusal that names the role, and the version as far as
/// `version` knows it by then.
template <class Checks>
auto explained(const RoleName& role, const std::optional<Version>& version, const Checks& checks) {
    try {
        return checks();
    } catch (Refusal& refusal) {
        refusal.complete(role, version);
        throw;
    } catch (const Mismatch& e) {
        throw Refusal(e.fault(), e.what(), {check_of(e.fault()), role.str(), version, e.expected(), e.found(), {}});
    } catch (const Error& e) {
        throw Refusal(e.fault(), e.what(), {check_of(e.fault()), role.str(), version, {}, {}, {}});
    }
}

}  // namespace sello::tuf
