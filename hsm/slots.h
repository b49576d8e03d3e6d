#pragma once

#include <string>
#include <vector>

#include "hsm/cryptoki.h"

namespace sello::hsm {

/// A token in a slot. Slot numbers change; label and serial do not.
struct TokenInfo {
    CK_SLOT_ID slot = 0;
    std::string label;  ///< without the padding
    std::string serial;
    CK_FLAGS flags = 0;

    [[nodiscard]] bool is_initialised() const { return (flags & CKF_TOKEN_INITIALIZED) != 0; }
    [[nodiscard]] bool has_user_pin() const { return (flags & CKF_USER_PIN_INITIALIZED) != 0; }
};

[[nodiscard]] std::vector<TokenInfo> list_tokens(const Functions& functions);
/// The one initialised token of that label and, unless `serial` is empty, that serial. Throws Error: Unavailable if
/// there is none (it may come back), BadConfiguration if there are several.
[[nodiscard]] TokenInfo find_token(const Functions& functions, const std::string& label, const std::string& serial);

}  // namespace sello::hsm
