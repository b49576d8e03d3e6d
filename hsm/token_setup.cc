#include "hsm/token_setup.h"

#include <algorithm>
#include <optional>

#include "hsm/kek.h"
#include "hsm/key_templates.h"
#include "hsm/pkcs11_error.h"
#include "hsm/slots.h"

namespace sello::hsm {
namespace {

constexpr std::size_t kLabelBytes = 32;
constexpr CK_ULONG kKekIdBytes = 16;

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

/// A read-write session with the security officer logged in; logged out and closed at the end.
class OfficerSession {
public:
    OfficerSession(const Functions& functions, CK_SLOT_ID slot, const Secret& so_pin) : functions_(functions) {
        check_pkcs11(functions_.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session_),
                     "C_OpenSession");
        PinBuffer pin(so_pin);
        const CK_RV result = functions_.C_Login(session_, CKU_SO, pin.data(), pin.size());
        if (result == CKR_OK) return;
        (void)functions_.C_CloseSession(session_);
        throw Pkcs11Error(result, "C_Login as security officer");
    }
    OfficerSession(const OfficerSession&) = delete;
    OfficerSession& operator=(const OfficerSession&) = delete;
    OfficerSession(OfficerSession&&) = delete;
    OfficerSession& operator=(OfficerSession&&) = delete;
    ~OfficerSession() {
        (void)functions_.C_Logout(session_);
        (void)functions_.C_CloseSession(session_);
    }
    [[nodiscard]] SessionHandle handle() const { return session_; }

private:
    const Functions& functions_;
    SessionHandle session_ = 0;
};

std::optional<TokenInfo> existing(const Functions& functions, const std::string& label, const std::string& serial) {
    try {
        return find_token(functions, label, serial);
    } catch (const Error& error) {
        if (error.fault() != Fault::Unavailable) throw;
        return std::nullopt;
    }
}

void initialise(const Functions& functions, const std::string& label, const Secret& so_pin) {
    if (label.empty() || label.size() > kLabelBytes)
        throw Error(Fault::BadConfiguration, concat("token label: want 1 to 32 bytes, got ", label.size()));
    const auto tokens = list_tokens(functions);
    const auto free =
        std::find_if(tokens.begin(), tokens.end(), [](const auto& token) { return !token.is_initialised(); });
    if (free == tokens.end()) throw Error(Fault::FailedPrecondition, "token: no slot has one that is not initialised");
    Bytes padded = label;
    padded.resize(kLabelBytes, ' ');
    PinBuffer pin(so_pin);
    check_pkcs11(functions.C_InitToken(free->slot, pin.data(), pin.size(), octets(padded)), "C_InitToken");
}

void set_user_pin(const Functions& functions, CK_SLOT_ID slot, const Secret& so_pin, const Secret& user_pin) {
    const OfficerSession officer(functions, slot, so_pin);
    PinBuffer pin(user_pin);
    check_pkcs11(functions.C_InitPIN(officer.handle(), pin.data(), pin.size()), "C_InitPIN");
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

void create_kek(const Functions& functions, CK_SLOT_ID slot, const Secret& so_pin) {
    const OfficerSession officer(functions, slot, so_pin);
    Bytes id(kKekIdBytes, '\0');
    check_pkcs11(functions.C_GenerateRandom(officer.handle(), octets(id), id.size()), "C_GenerateRandom");
    Attributes attributes = wrapping_key(kKekLabel, id);
    CK_MECHANISM how{CKM_AES_KEY_GEN, nullptr, 0};
    ObjectHandle key = 0;
    check_pkcs11(functions.C_GenerateKey(officer.handle(), &how, attributes.data(), attributes.size(), &key),
                 "C_GenerateKey");
}

}  // namespace

TokenSetup set_up_token(Module& module, const std::string& label, const std::string& serial, const Secret& so_pin,
                        const Secret& user_pin) {
    const Functions& functions = module.functions();
    TokenSetup done;
    std::optional<TokenInfo> token = existing(functions, label, serial);
    if (!token) {
        if (!serial.empty())
            throw Error(Fault::FailedPrecondition, concat("token with serial ", serial, ": not present"));
        initialise(functions, label, so_pin);
        token = find_token(functions, label, serial);
        done.token_initialised = true;
    }
    if (!token->has_user_pin()) set_user_pin(functions, token->slot, so_pin, user_pin);
    if (!has_kek(functions, token->slot)) {
        create_kek(functions, token->slot, so_pin);
        done.kek_created = true;
    }
    done.serial = token->serial;
    return done;
}

}  // namespace sello::hsm
