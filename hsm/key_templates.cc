#include "hsm/key_templates.h"

namespace sello::hsm {

ByteView p256_parameters() noexcept { return {"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10}; }

Attributes private_key_to_be_wrapped() {
    Attributes attributes;
    attributes.number(CKA_CLASS, CKO_PRIVATE_KEY)
        .number(CKA_KEY_TYPE, CKK_EC)
        .on({CKA_PRIVATE, CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_SIGN, CKA_WRAP_WITH_TRUSTED})
        .off({CKA_TOKEN, CKA_DECRYPT, CKA_UNWRAP, CKA_SIGN_RECOVER, CKA_DERIVE});
    return attributes;
}

Attributes public_half() {
    Attributes attributes;
    attributes.number(CKA_CLASS, CKO_PUBLIC_KEY)
        .number(CKA_KEY_TYPE, CKK_EC)
        .bytes(CKA_EC_PARAMS, p256_parameters())
        .on({CKA_VERIFY})
        .off({CKA_TOKEN, CKA_PRIVATE, CKA_ENCRYPT, CKA_WRAP});
    return attributes;
}

Attributes unwrapped_private_key() {
    Attributes attributes;
    attributes.number(CKA_CLASS, CKO_PRIVATE_KEY)
        .number(CKA_KEY_TYPE, CKK_EC)
        .on({CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN})
        .off({CKA_TOKEN, CKA_EXTRACTABLE, CKA_DECRYPT, CKA_UNWRAP, CKA_SIGN_RECOVER, CKA_DERIVE});
    return attributes;
}

Attributes wrapping_key(ByteView label, ByteView id) {
    constexpr CK_ULONG kKeyBytes = 32;
    Attributes attributes;
    attributes.number(CKA_CLASS, CKO_SECRET_KEY)
        .number(CKA_KEY_TYPE, CKK_AES)
        .number(CKA_VALUE_LEN, kKeyBytes)
        .bytes(CKA_LABEL, label)
        .bytes(CKA_ID, id)
        .on({CKA_TOKEN, CKA_SENSITIVE, CKA_WRAP, CKA_UNWRAP, CKA_TRUSTED})
        .off({CKA_PRIVATE, CKA_EXTRACTABLE, CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_VERIFY, CKA_DERIVE});
    return attributes;
}

Attributes wrapping_key_search(ByteView label) {
    Attributes attributes;
    attributes.number(CKA_CLASS, CKO_SECRET_KEY).bytes(CKA_LABEL, label).on({CKA_TOKEN});
    return attributes;
}

}  // namespace sello::hsm
