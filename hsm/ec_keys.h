#pragma once

#include <optional>

#include "hsm/ec_public_key.h"
#include "hsm/session_pool.h"

namespace sello::hsm {

/// A session object, destroyed with this. Its session and `use` outlive it.
class SessionObject {
public:
    SessionObject(const TokenUse& use, SessionHandle session, ObjectHandle object)
        : use_(use), session_(session), object_(object) {}
    SessionObject(const SessionObject&) = delete;
    SessionObject& operator=(const SessionObject&) = delete;
    SessionObject(SessionObject&&) = delete;
    SessionObject& operator=(SessionObject&&) = delete;
    ~SessionObject() {
        if (object_) (void)use_.functions().C_DestroyObject(session_, *object_);
    }

    [[nodiscard]] ObjectHandle handle() const { return *object_; }
    /// The object stays; the caller answers for it.
    ObjectHandle release() {
        const ObjectHandle object = *object_;
        object_.reset();
        return object;
    }

private:
    const TokenUse& use_;
    SessionHandle session_;
    std::optional<ObjectHandle> object_;
};

/// A new P-256 key as it rests: the private half only wrapped.
struct NewKey {
    EcPublicKey public_key;
    Bytes blob;
};

/// Makes a pair of session objects, reads the public half, wraps the private half under `kek` with `mechanism`,
/// destroys both. Refuses a key that the token did not make as asked. Throws Error.
[[nodiscard]] NewKey generate_wrapped(const TokenUse& use, SessionHandle session, ObjectHandle kek,
                                      CK_MECHANISM_TYPE mechanism);
/// The private key as a session object of `session`, not extractable. Throws Error.
[[nodiscard]] ObjectHandle unwrap(const TokenUse& use, SessionHandle session, ObjectHandle kek,
                                  CK_MECHANISM_TYPE mechanism, ByteView blob);
/// CKM_ECDSA over 32 bytes; what the token says, checked for its length only: 64 bytes. Throws Error.
[[nodiscard]] Bytes sign_digest(const TokenUse& use, SessionHandle session, ObjectHandle key, ByteView digest);

}  // namespace sello::hsm
