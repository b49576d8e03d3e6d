#include "tuf/metadata/json_shape.h"

#include <limits>

#include "tuf/base/error.h"

namespace sello::tuf {

void malformed(const std::string& subject, std::string_view what) {
    throw Error(Fault::Malformed, concat(subject, ": ", what));
}

const Json* find_member(const Json& object, const char* name) {
    const auto member = object.find(name);
    return member == object.end() || member->is_null() ? nullptr : &*member;
}

const Json& require_object(const Json& value, const std::string& subject) {
    if (!value.is_object()) malformed(subject, "want an object");
    return value;
}

const Json& object_member(const Json& object, const char* name, const std::string& subject) {
    static const Json empty = Json::object();
    const Json* member = find_member(object, name);
    if (member == nullptr) return empty;
    if (!member->is_object()) malformed(subject, concat("\"", name, "\": want an object"));
    return *member;
}

const Json& array_member(const Json& object, const char* name, const std::string& subject) {
    static const Json empty = Json::array();
    const Json* member = find_member(object, name);
    if (member == nullptr) return empty;
    if (!member->is_array()) malformed(subject, concat("\"", name, "\": want a list"));
    return *member;
}

std::int64_t integer_value(const Json& value, const std::string& subject) {
    constexpr auto last = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<std::uint64_t>() > last))
        malformed(subject, "want an integer");
    return value.get<std::int64_t>();
}

std::int64_t integer_member(const Json& object, const char* name, const std::string& subject) {
    const Json* member = find_member(object, name);
    return member == nullptr ? 0 : integer_value(*member, concat(subject, ": \"", name, "\""));
}

const std::string& string_value(const Json& value, const std::string& subject) {
    if (!value.is_string()) malformed(subject, "want a string");
    return value.get_ref<const std::string&>();
}

const std::string& string_member(const Json& object, const char* name, const std::string& subject) {
    const Json* member = find_member(object, name);
    if (member == nullptr) malformed(subject, concat("\"", name, "\" is missing"));
    return string_value(*member, concat(subject, ": \"", name, "\""));
}

}  // namespace sello::tuf
