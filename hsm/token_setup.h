#pragma once

#include <string>

#include "hsm/module.h"

namespace sello::hsm {

struct TokenPlan {
    std::string label;
    std::string serial;       ///< empty: any
    std::string so_pin_file;  ///< of the security officer; mode 0600
    std::string pin_file;     ///< of the user, the one the signer logs in with; mode 0600
};

struct TokenSetup {
    std::string serial;              ///< of the token, as it is now
    bool token_initialised = false;  ///< false: it was already
    bool kek_created = false;        ///< false: it was already there
};

/// Makes the token that the signer needs: initialised under `label` in a free slot, with the user PIN set and the
/// wrapping key made by the security officer. What exists is left alone, so it may be called again: a user PIN that
/// was set before is proved by one login, and no PIN is tried again once refused. No other program may use the token
/// meanwhile. Throws Error: FailedPrecondition (PIN refused, no free slot), BadConfiguration (label of several tokens,
/// PIN file).
TokenSetup set_up_token(Module& module, const TokenPlan& plan);

}  // namespace sello::hsm
