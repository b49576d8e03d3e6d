#include "hsm/vault_session.h"

#include "hsm/ec_keys.h"
#include "hsm/pkcs11_error.h"

namespace sello::hsm {

VaultSession::~VaultSession() {
    try {
        const TokenUse use = token_.use();
        if (session_ && generation_.library == use.generation().library)
            (void)use.functions().C_CloseSession(*session_);
    } catch (const Error&) {
        // Locked: the token's own end closes what is left.
    }
}

SessionHandle VaultSession::enter(const TokenUse& use) {
    if (session_ && generation_ == use.generation()) return *session_;
    if (generation_ > use.generation()) throw Pkcs11Error(CKR_SESSION_CLOSED, "C_UnwrapKey");
    if (session_ && generation_.library == use.generation().library) (void)use.functions().C_CloseSession(*session_);
    session_.reset();
    SessionHandle session = 0;
    check_pkcs11(
        use.functions().C_OpenSession(use.slot(), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session),
        "C_OpenSession");
    session_ = session;
    generation_ = use.generation();
    return session;
}

ObjectHandle VaultSession::unwrap(const TokenUse& use, Kek& kek, CK_MECHANISM_TYPE mechanism, ByteView blob) {
    const std::lock_guard lock(mutex_);
    const SessionHandle session = enter(use);
    return hsm::unwrap(use, session, kek.handle(use, session), mechanism, blob);
}

void VaultSession::destroy(const TokenUse& use, ObjectHandle key) noexcept {
    const std::lock_guard lock(mutex_);
    if (session_ && generation_ == use.generation()) (void)use.functions().C_DestroyObject(*session_, key);
}

}  // namespace sello::hsm
