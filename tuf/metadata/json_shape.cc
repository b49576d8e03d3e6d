#include "tuf/metadata/json_shape.h"

#include <charconv>

#include "tuf/base/error.h"

namespace sello::tuf {
namespace {

std::string quoted(const Subject& subject, std::string_view member) { return concat(subject, ": \"", member, "\""); }

/// nullopt unless it is one of 64 bits.
std::optional<std::int64_t> integer_of(JsonView value) {
    if (value.kind() != JsonKind::Integer) return std::nullopt;
    const std::string_view digits = value.text();
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return failure == std::errc() ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string Subject::str() const {
    constexpr std::size_t longest_part = 255;
    return concat(name_, relation_, part_.substr(0, longest_part));
}

void malformed(const Subject& subject, std::string_view what) {
    throw Error(Fault::Malformed, concat(subject, ": ", what));
}

std::optional<JsonView> find_member(JsonView object, std::string_view name) {
    const auto member = object.find(name);
    return member && member->kind() != JsonKind::Null ? member : std::nullopt;
}

JsonView require_object(JsonView value, const Subject& subject) {
    if (!value.is_object()) malformed(subject, "want an object");
    return value;
}

JsonView object_member(JsonView object, std::string_view name, const Subject& subject) {
    static const JsonDocument empty = JsonDocument::parse("{}");
    const auto member = find_member(object, name);
    if (!member) return empty.root();
    if (!member->is_object()) malformed(quoted(subject, name), "want an object");
    return *member;
}

JsonView list_member(JsonView object, std::string_view name, const Subject& subject) {
    static const JsonDocument empty = JsonDocument::parse("[]");
    const auto member = find_member(object, name);
    if (!member) return empty.root();
    if (!member->is_list()) malformed(quoted(subject, name), "want a list");
    return *member;
}

std::int64_t integer_value(JsonView value, const Subject& subject) {
    const auto number = integer_of(value);
    if (!number) malformed(subject, "want an integer");
    return *number;
}

std::int64_t integer_member(JsonView object, std::string_view name, const Subject& subject) {
    const auto member = find_member(object, name);
    if (!member) return 0;
    const auto number = integer_of(*member);
    if (!number) malformed(quoted(subject, name), "want an integer");
    return *number;
}

std::string_view string_value(JsonView value, const Subject& subject) {
    if (!value.is_string()) malformed(subject, "want a string");
    return value.text();
}

std::string_view string_member(JsonView object, std::string_view name, const Subject& subject) {
    const auto member = find_member(object, name);
    if (!member) malformed(subject, concat("\"", name, "\" is missing"));
    if (!member->is_string()) malformed(quoted(subject, name), "want a string");
    return member->text();
}

}  // namespace sello::tuf
