#include "hsm/kek.h"

#include "hsm/key_templates.h"
#include "hsm/pkcs11_error.h"

namespace sello::hsm {
namespace {

void require(const Functions& functions, SessionHandle session, ObjectHandle key, CK_ATTRIBUTE_TYPE type, bool wanted,
             const char* name) {
    if (read_flag(functions, session, key, type) != wanted)
        throw Error(Fault::FailedPrecondition, concat("wrapping key ", kKekLabel, ": want ", name, " ",
                                                      wanted ? "true" : "false", ", or keys could leave the token"));
}

ObjectHandle find_or_refuse(const TokenUse& use, SessionHandle session) {
    const std::optional<ObjectHandle> found = find_kek(use.functions(), session);
    if (!found)
        throw Error(Fault::FailedPrecondition,
                    concat("wrapping key ", kKekLabel, ": not on the token; make it with init-token"));
    return *found;
}

}  // namespace

std::optional<ObjectHandle> find_kek(const Functions& functions, SessionHandle session) {
    const auto found = find_objects(functions, session, wrapping_key_search(kKekLabel), 2);
    if (found.size() > 1)
        throw Error(Fault::FailedPrecondition, concat("wrapping key ", kKekLabel, ": the token has several"));
    return found.empty() ? std::nullopt : std::optional(found.front());
}

Kek::Kek(const TokenUse& use, SessionHandle session)
    : handle_(find_or_refuse(use, session)), generation_(use.generation()) {
    const Functions& f = use.functions();
    require(f, session, *handle_, CKA_TRUSTED, true, "TRUSTED");
    require(f, session, *handle_, CKA_SENSITIVE, true, "SENSITIVE");
    require(f, session, *handle_, CKA_EXTRACTABLE, false, "EXTRACTABLE");
    require(f, session, *handle_, CKA_ENCRYPT, false, "ENCRYPT");
    require(f, session, *handle_, CKA_DECRYPT, false, "DECRYPT");
    id_ = read_attribute(f, session, *handle_, CKA_ID);
}

ObjectHandle Kek::handle(const TokenUse& use, SessionHandle session) {
    const std::lock_guard lock(mutex_);
    if (handle_ && generation_ == use.generation()) return *handle_;
    const ObjectHandle found = find_or_refuse(use, session);
    if (read_attribute(use.functions(), session, found, CKA_ID) != id_)
        throw Error(Fault::FailedPrecondition, concat("wrapping key ", kKekLabel, ": another than at the start"));
    handle_ = found;
    generation_ = use.generation();
    return found;
}

void Kek::forget() {
    const std::lock_guard lock(mutex_);
    handle_.reset();
}

}  // namespace sello::hsm
