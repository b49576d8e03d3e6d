#include "tuf/metadata/json_shape.h"

#include <charconv>

#include "tuf/base/error.h"
#include "tuf/base/mismatch.h"

namespace sello::tuf {
namespace {

constexpr std::string_view kInteger = "an integer of 64 bits";

std::string quoted(const Subject& subject, std::string_view member) { return concat(subject, ": \"", member, "\""); }

/// nullopt unless it is one of 64 bits.
std::optional<std::int64_t> integer_of(JsonView value) {
    if (value.kind() != JsonKind::Integer) return std::nullopt;
    const std::string_view digits = value.text();
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return failure == std::errc() ? std::optional(number) : std::nullopt;
}

/// In a few words, for people.
std::string told(JsonView value) {
    switch (value.kind()) {
        case JsonKind::Null: return "null";
        case JsonKind::Boolean: return value.boolean() ? "true" : "false";
        case JsonKind::Integer:
        case JsonKind::Real: return std::string(head(value.text()));
        case JsonKind::String: return concat("\"", head(value.text()), "\"");
        case JsonKind::List: return "a list";
        case JsonKind::Object: return "an object";
    }
    throw Error(Fault::Internal, "JSON: a value of no kind");
}

JsonView required_member(JsonView object, std::string_view name, std::string_view expected, const Subject& subject) {
    const auto member = object.find(name);
    if (!member) malformed(quoted(subject, name), expected, "nothing");
    return *member;
}

}  // namespace

std::string Subject::str() const {
    constexpr std::size_t longest_part = 255;
    return concat(name_, relation_, part_.substr(0, longest_part));
}

void malformed(const Subject& subject, std::string_view expected, std::string_view found) {
    throw Mismatch(Fault::Malformed, concat(subject, ": want ", expected, ", got ", found), expected, found);
}

void malformed(const Subject& subject, std::string_view expected, JsonView found) {
    malformed(subject, expected, told(found));
}

std::optional<JsonView> find_member(JsonView object, std::string_view name) {
    const auto member = object.find(name);
    return member && member->kind() != JsonKind::Null ? member : std::nullopt;
}

JsonView require_object(JsonView value, const Subject& subject) {
    if (!value.is_object()) malformed(subject, "an object", value);
    return value;
}

JsonView required_object(JsonView object, std::string_view name, const Subject& subject) {
    const JsonView member = required_member(object, name, "an object", subject);
    if (!member.is_object()) malformed(quoted(subject, name), "an object", member);
    return member;
}

JsonView required_list(JsonView object, std::string_view name, const Subject& subject) {
    const JsonView member = required_member(object, name, "a list", subject);
    if (!member.is_list()) malformed(quoted(subject, name), "a list", member);
    return member;
}

std::int64_t required_integer(JsonView object, std::string_view name, const Subject& subject) {
    const JsonView member = required_member(object, name, kInteger, subject);
    const auto number = integer_of(member);
    if (!number) malformed(quoted(subject, name), kInteger, member);
    return *number;
}

JsonView object_member(JsonView object, std::string_view name, const Subject& subject) {
    static const JsonDocument empty = JsonDocument::parse("{}");
    const auto member = find_member(object, name);
    if (!member) return empty.root();
    if (!member->is_object()) malformed(quoted(subject, name), "an object", *member);
    return *member;
}

JsonView list_member(JsonView object, std::string_view name, const Subject& subject) {
    static const JsonDocument empty = JsonDocument::parse("[]");
    const auto member = find_member(object, name);
    if (!member) return empty.root();
    if (!member->is_list()) malformed(quoted(subject, name), "a list", *member);
    return *member;
}

std::int64_t integer_value(JsonView value, const Subject& subject) {
    const auto number = integer_of(value);
    if (!number) malformed(subject, kInteger, value);
    return *number;
}

std::int64_t integer_member(JsonView object, std::string_view name, const Subject& subject) {
    const auto member = find_member(object, name);
    if (!member) return 0;
    const auto number = integer_of(*member);
    if (!number) malformed(quoted(subject, name), kInteger, *member);
    return *number;
}

std::string_view string_value(JsonView value, const Subject& subject) {
    if (!value.is_string()) malformed(subject, "a string", value);
    return value.text();
}

std::string_view string_member(JsonView object, std::string_view name, const Subject& subject) {
    const auto member = find_member(object, name);
    if (!member) malformed(quoted(subject, name), "a string", "nothing");
    if (!member->is_string()) malformed(quoted(subject, name), "a string", *member);
    return member->text();
}

}  // namespace sello::tuf
