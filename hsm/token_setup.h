#pragma once

#include <string>

#include "hsm/module.h"
#include "tuf/base/secret.h"

namespace sello::hsm {

struct TokenSetup {
    std::string serial;              ///< of the token, as it is now
    bool token_initialised = false;  ///< false: it was already
    bool kek_created = false;        ///< false: it was already there
};

/// Makes the token that the signer needs: initialised under `label` in a free slot, with the user PIN set and the
/// wrapping key made by the security officer. What exists is left alone, so it may be called again. No other program
/// may use the token meanwhile. Throws Error: FailedPrecondition (PIN refused, no free slot), BadConfiguration (label
/// of several tokens).
TokenSetup set_up_token(Module& module, const std::string& label, const std::string& serial, const Secret& so_pin,
                        const Secret& user_pin);

}  // namespace sello::hsm
