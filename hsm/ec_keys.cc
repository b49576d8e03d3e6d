#include "hsm/ec_keys.h"

#include "hsm/key_templates.h"
#include "hsm/pkcs11_error.h"

namespace sello::hsm {
namespace {

/// A token that ignores what a template says is no place for keys.
void require(const TokenUse& use, SessionHandle session, ObjectHandle key, CK_ATTRIBUTE_TYPE type, bool wanted,
             const char* name) {
    if (read_flag(use.functions(), session, key, type) != wanted)
        throw Error(Fault::FailedPrecondition,
                    concat("token made a key other than asked: want ", name, " ", wanted ? "true" : "false"));
}

Bytes wrap(const TokenUse& use, SessionHandle session, ObjectHandle kek, CK_MECHANISM_TYPE mechanism,
           ObjectHandle key) {
    CK_MECHANISM how{mechanism, nullptr, 0};
    Bytes blob(4096, '\0');
    CK_ULONG size = blob.size();
    check_pkcs11(use.functions().C_WrapKey(session, &how, kek, key, octets(blob), &size), "C_WrapKey");
    blob.resize(size);
    return blob;
}

}  // namespace

NewKey generate_wrapped(const TokenUse& use, SessionHandle session, ObjectHandle kek, CK_MECHANISM_TYPE mechanism) {
    Attributes public_template = public_half();
    Attributes private_template = private_key_to_be_wrapped();
    CK_MECHANISM how{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    ObjectHandle public_handle = 0;
    ObjectHandle private_handle = 0;
    check_pkcs11(use.functions().C_GenerateKeyPair(session, &how, public_template.data(), public_template.size(),
                                                   private_template.data(), private_template.size(), &public_handle,
                                                   &private_handle),
                 "C_GenerateKeyPair");
    const SessionObject public_object(use, session, public_handle);
    const SessionObject private_object(use, session, private_handle);

    require(use, session, private_handle, CKA_SENSITIVE, true, "SENSITIVE");
    require(use, session, private_handle, CKA_EXTRACTABLE, true, "EXTRACTABLE");
    require(use, session, private_handle, CKA_WRAP_WITH_TRUSTED, true, "WRAP_WITH_TRUSTED");
    require(use, session, private_handle, CKA_LOCAL, true, "LOCAL");
    const Bytes point = read_attribute(use.functions(), session, public_handle, CKA_EC_POINT);
    return {EcPublicKey::from_point(point), wrap(use, session, kek, mechanism, private_handle)};
}

ObjectHandle unwrap(const TokenUse& use, SessionHandle session, ObjectHandle kek, CK_MECHANISM_TYPE mechanism,
                    ByteView blob) {
    CK_MECHANISM how{mechanism, nullptr, 0};
    Attributes attributes = unwrapped_private_key();
    Bytes input(blob);
    ObjectHandle handle = 0;
    check_pkcs11(use.functions().C_UnwrapKey(session, &how, kek, octets(input), input.size(), attributes.data(),
                                             attributes.size(), &handle),
                 "C_UnwrapKey");
    SessionObject key(use, session, handle);
    require(use, session, handle, CKA_SENSITIVE, true, "SENSITIVE");
    require(use, session, handle, CKA_EXTRACTABLE, false, "EXTRACTABLE");
    return key.release();
}

Bytes sign_digest(const TokenUse& use, SessionHandle session, ObjectHandle key, ByteView digest) {
    constexpr std::size_t kDigestBytes = 32;
    constexpr std::size_t kSignatureBytes = 64;
    if (digest.size() != kDigestBytes)
        throw Error(Fault::Internal, concat("digest to sign: want 32 bytes, got ", digest.size()));
    CK_MECHANISM how{CKM_ECDSA, nullptr, 0};
    check_pkcs11(use.functions().C_SignInit(session, &how, key), "C_SignInit");
    Bytes input(digest);
    Bytes signature(132, '\0');  // the longest of any curve, so that no operation is left open
    CK_ULONG size = signature.size();
    check_pkcs11(use.functions().C_Sign(session, octets(input), input.size(), octets(signature), &size), "C_Sign");
    if (size != kSignatureBytes) throw Error(Fault::Crypto, concat("token signature: want 64 bytes, got ", size));
    signature.resize(size);
    return signature;
}

}  // namespace sello::hsm
