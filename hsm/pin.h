#pragma once

#include <string>

#include "hsm/cryptoki.h"
#include "tuf/base/secret.h"

namespace sello::hsm {

/// PINs go to Cryptoki as non-const memory; this copy is wiped.
class PinBuffer {
public:
    explicit PinBuffer(const Secret& pin) : bytes_(pin.expose()) {}
    PinBuffer(const PinBuffer&) = delete;
    PinBuffer& operator=(const PinBuffer&) = delete;
    PinBuffer(PinBuffer&&) = delete;
    PinBuffer& operator=(PinBuffer&&) = delete;
    ~PinBuffer() { wipe(bytes_.data(), bytes_.size()); }
    [[nodiscard]] unsigned char* data() { return octets(bytes_); }
    [[nodiscard]] CK_ULONG size() const { return bytes_.size(); }

private:
    Bytes bytes_;
};

/// Whose PIN is given, and how the token says that it cannot take another wrong one.
struct User {
    CK_USER_TYPE type;
    CK_FLAGS at_risk;
    const char* name;

    /// Whether the token's flags say that one wrong PIN would lock it, or has.
    [[nodiscard]] bool is_at_risk(CK_FLAGS token_flags) const { return (token_flags & at_risk) != 0; }
};
inline constexpr User kOfficer{CKU_SO, CKF_SO_PIN_LOCKED | CKF_SO_PIN_FINAL_TRY, "security officer"};
inline constexpr User kUser{CKU_USER, CKF_USER_PIN_LOCKED | CKF_USER_PIN_FINAL_TRY, "user"};

/// Throws Error(Fault::FailedPrecondition) if the user is at risk.
void require_safe_try(CK_FLAGS token_flags, const User& user, const std::string& label, const std::string& pin_file);

}  // namespace sello::hsm
