#include "hsm/pin.h"

#include "tuf/base/error.h"

namespace sello::hsm {

void require_safe_try(CK_FLAGS token_flags, const User& user, const std::string& label, const std::string& pin_file) {
    if (!user.is_at_risk(token_flags)) return;
    throw Error(Fault::FailedPrecondition,
                concat("token ", label, ": the PIN of its ", user.name, " is locked, or one wrong try would lock it; ",
                       pin_file, " was not tried"));
}

}  // namespace sello::hsm
