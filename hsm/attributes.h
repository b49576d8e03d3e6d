#pragma once

#include <deque>
#include <string>
#include <vector>

#include "hsm/cryptoki.h"
#include "tuf/base/bytes.h"

namespace sello::hsm {

/// An attribute template that owns its values.
class Attributes {
public:
    Attributes& on(std::initializer_list<CK_ATTRIBUTE_TYPE> types) { return flags(types, true); }
    Attributes& off(std::initializer_list<CK_ATTRIBUTE_TYPE> types) { return flags(types, false); }
    Attributes& number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
        return bytes(type, ByteView(reinterpret_cast<const char*>(&value), sizeof value));
    }
    Attributes& bytes(CK_ATTRIBUTE_TYPE type, ByteView value) {
        values_.emplace_back(value);
        attributes_.push_back({type, values_.back().data(), values_.back().size()});
        return *this;
    }

    /// For Cryptoki, which takes templates as non-const and does not write to them.
    [[nodiscard]] CK_ATTRIBUTE* data() noexcept { return attributes_.data(); }
    [[nodiscard]] CK_ULONG size() const noexcept { return attributes_.size(); }

private:
    Attributes& flags(std::initializer_list<CK_ATTRIBUTE_TYPE> types, bool value) {
        for (const CK_ATTRIBUTE_TYPE type : types) bytes(type, ByteView(value ? "\x01" : "\x00", 1));
        return *this;
    }
    std::deque<Bytes> values_;  // elements keep their address, also when the whole is moved
    std::vector<CK_ATTRIBUTE> attributes_;
};

/// One attribute of an object. Throws Pkcs11Error.
[[nodiscard]] Bytes read_attribute(const Functions& functions, SessionHandle session, ObjectHandle object,
                                   CK_ATTRIBUTE_TYPE type);
[[nodiscard]] bool read_flag(const Functions& functions, SessionHandle session, ObjectHandle object,
                             CK_ATTRIBUTE_TYPE type);
/// The first `limit` objects that match. Linear in the objects on the token: never on a hot path.
[[nodiscard]] std::vector<ObjectHandle> find_objects(const Functions& functions, SessionHandle session,
                                                     Attributes wanted, CK_ULONG limit);

}  // namespace sello::hsm
