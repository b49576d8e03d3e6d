#include "hsm/token_setup.h"

#include <algorithm>
#include <optional>

#include "hsm/kek.h"
#include "hsm/key_templates.h"
#include "hsm/pin.h"
#include "hsm/pkcs11_error.h"
#include "hsm/slots.h"
#include "tuf/base/secret.h"

namespace sello::hsm {
namespace {

constexpr std::size_t kLabelBytes = 32;
constexpr CK_ULONG kKekIdBytes = 16;

/// A read-write session with that user logged in; logged out and closed at the end. Tries the PIN once.
class LoginSession {
public:
    LoginSession(const Functions& functions, const TokenInfo& token, const User& user, const std::string& pin_file)
        : functions_(functions) {
        require_safe_try(token.flags, user, token.label, pin_file);
        const Secret secret = read_secret_file(pin_file);
        check_pkcs11(
            functions_.C_OpenSession(token.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session_),
            "C_OpenSession");
        PinBuffer pin(secret);
        const CK_RV result = functions_.C_Login(session_, user.type, pin.data(), pin.size());
        if (result == CKR_OK) return;
        (void)functions_.C_CloseSession(session_);
        check_pin(result, concat("C_Login as ", user.name), token.label, pin_file);
    }
    LoginSession(const LoginSession&) = delete;
    LoginSession& operator=(const LoginSession&) = delete;
    LoginSession(LoginSession&&) = delete;
    LoginSession& operator=(LoginSession&&) = delete;
    ~LoginSession() {
        (void)functions_.C_Logout(session_);
        (void)functions_.C_CloseSession(session_);
    }
    [[nodiscard]] SessionHandle handle() const { return session_; }

private:
    const Functions& functions_;
    SessionHandle session_ = 0;
};

std::optional<TokenInfo> existing(const Functions& functions, const TokenPlan& plan) {
    try {
        return find_token(functions, plan.label, plan.serial);
    } catch (const Error& error) {
        if (error.fault() != Fault::Unavailable) throw;
        return std::nullopt;
    }
}

void initialise(const Functions& functions, const std::string& label, const std::string& so_pin_file) {
    if (label.empty() || label.size() > kLabelBytes)
        throw Error(Fault::BadConfiguration, concat("token label: want 1 to 32 bytes, got ", label.size()));
    const auto tokens = list_tokens(functions);
    const auto free =
        std::find_if(tokens.begin(), tokens.end(), [](const auto& token) { return !token.is_initialised(); });
    if (free == tokens.end()) throw Error(Fault::FailedPrecondition, "token: no slot has one that is not initialised");
    Bytes padded = label;
    padded.resize(kLabelBytes, ' ');
    const Secret so_pin = read_secret_file(so_pin_file);
    PinBuffer pin(so_pin);
    check_pin(functions.C_InitToken(free->slot, pin.data(), pin.size(), octets(padded)), "C_InitToken", label,
              so_pin_file);
}

/// One login; a signer that starts later finds the PIN right.
void prove_user_pin(const Functions& functions, const TokenInfo& token, const std::string& pin_file) {
    const LoginSession proof(functions, token, kUser, pin_file);
}

void set_user_pin(const Functions& functions, const TokenInfo& token, const TokenPlan& plan) {
    const Secret user_pin = read_secret_file(plan.pin_file);
    const LoginSession officer(functions, token, kOfficer, plan.so_pin_file);
    PinBuffer pin(user_pin);
    check_pin(functions.C_InitPIN(officer.handle(), pin.data(), pin.size()), "C_InitPIN", token.label, plan.pin_file);
}

bool has_kek(const Functions& functions, CK_SLOT_ID slot) {
    SessionHandle session = 0;
    check_pkcs11(functions.C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session), "C_OpenSession");
    std::optional<ObjectHandle> found;
    try {
        found = find_kek(functions, session);
    } catch (...) {
        (void)functions.C_CloseSession(session);
        throw;
    }
    (void)functions.C_CloseSession(session);
    return found.has_value();
}

void create_kek(const Functions& functions, const TokenInfo& token, const std::string& so_pin_file) {
    const LoginSession officer(functions, token, kOfficer, so_pin_file);
    Bytes id(kKekIdBytes, '\0');
    check_pkcs11(functions.C_GenerateRandom(officer.handle(), octets(id), id.size()), "C_GenerateRandom");
    Attributes attributes = wrapping_key(kKekLabel, id);
    CK_MECHANISM how{CKM_AES_KEY_GEN, nullptr, 0};
    ObjectHandle key = 0;
    check_pkcs11(functions.C_GenerateKey(officer.handle(), &how, attributes.data(), attributes.size(), &key),
                 "C_GenerateKey");
}

}  // namespace

TokenSetup set_up_token(Module& module, const TokenPlan& plan) {
    const Functions& functions = module.functions();
    TokenSetup done;
    std::optional<TokenInfo> token = existing(functions, plan);
    if (!token) {
        if (!plan.serial.empty())
            throw Error(Fault::FailedPrecondition, concat("token with serial ", plan.serial, ": not present"));
        initialise(functions, plan.label, plan.so_pin_file);
        token = find_token(functions, plan.label, plan.serial);
        done.token_initialised = true;
    }
    if (token->has_user_pin())
        prove_user_pin(functions, *token, plan.pin_file);
    else
        set_user_pin(functions, *token, plan);
    if (!has_kek(functions, token->slot)) {
        create_kek(functions, *token, plan.so_pin_file);
        done.kek_created = true;
    }
    done.serial = token->serial;
    return done;
}

}  // namespace sello::hsm
