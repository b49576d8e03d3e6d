#include "hsm/attributes.h"

#include "hsm/pkcs11_error.h"

namespace sello::hsm {

Bytes read_attribute(const Functions& functions, SessionHandle session, ObjectHandle object, CK_ATTRIBUTE_TYPE type) {
    CK_ATTRIBUTE attribute{type, nullptr, 0};
    check_pkcs11(functions.C_GetAttributeValue(session, object, &attribute, 1), "C_GetAttributeValue");
    if (attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION)
        throw Pkcs11Error(CKR_ATTRIBUTE_TYPE_INVALID, "C_GetAttributeValue");
    Bytes value(attribute.ulValueLen, '\0');
    attribute.pValue = value.data();
    check_pkcs11(functions.C_GetAttributeValue(session, object, &attribute, 1), "C_GetAttributeValue");
    value.resize(attribute.ulValueLen);
    return value;
}

bool read_flag(const Functions& functions, SessionHandle session, ObjectHandle object, CK_ATTRIBUTE_TYPE type) {
    const Bytes value = read_attribute(functions, session, object, type);
    return value.size() == 1 && value[0] != '\0';
}

std::vector<ObjectHandle> find_objects(const Functions& functions, SessionHandle session, Attributes wanted,
                                       CK_ULONG limit) {
    check_pkcs11(functions.C_FindObjectsInit(session, wanted.data(), wanted.size()), "C_FindObjectsInit");
    std::vector<ObjectHandle> found(limit);
    CK_ULONG count = 0;
    const CK_RV searched = functions.C_FindObjects(session, found.data(), limit, &count);
    const CK_RV ended = functions.C_FindObjectsFinal(session);
    check_pkcs11(searched, "C_FindObjects");
    check_pkcs11(ended, "C_FindObjectsFinal");
    found.resize(count);
    return found;
}

}  // namespace sello::hsm
