#pragma once

#include <string>
#include <string_view>

#include "hsm/cryptoki.h"
#include "tuf/base/error.h"

namespace sello::hsm {

/// What a return value asks of the caller. One class of codes, one way out.
enum class Reaction {
    ChangeSession,  ///< the session is spoiled: close it, take another, try again
    FindAgain,      ///< the object handle is stale: forget it, find or unwrap once more
    LogIn,          ///< the login was lost: recover
    Reconnect,      ///< the device failed: another session, then recover
    Reinitialise,   ///< the library lost its state: finalise and initialise
    Wait,           ///< no more sessions to be had: live with those there are
    Full,           ///< the token takes no more objects
    Lock,           ///< the PIN is not accepted: never try again by ourselves
    DamagedBlob,    ///< a wrapped key cannot be opened
    Refuse,         ///< our bug or the module's limit; trying again changes nothing
};

/// A failed Cryptoki call. The message names the function, the code and its number.
class Pkcs11Error : public Error {
public:
    Pkcs11Error(CK_RV code, std::string_view function);
    [[nodiscard]] CK_RV code() const noexcept { return code_; }
    [[nodiscard]] Reaction reaction() const noexcept;

private:
    CK_RV code_;
};

/// Throws Pkcs11Error unless `code` is CKR_OK. `function` is the Cryptoki function that returned it.
inline void check_pkcs11(CK_RV code, std::string_view function) {
    if (code != CKR_OK) throw Pkcs11Error(code, function);
}

/// Throws Pkcs11Error unless `code`, from a function that takes a PIN, is CKR_OK. The message names the token and the
/// PIN's file, since either may be the wrong one.
void check_pin(CK_RV code, std::string_view function, std::string_view label, std::string_view pin_file);

/// `CKR_PIN_INCORRECT (0xa0)`; the bare number for codes that the standard does not have.
[[nodiscard]] std::string code_name(CK_RV code);

}  // namespace sello::hsm
