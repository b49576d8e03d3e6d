#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tuf/metadata/json_document.h"

/// What both dialects ask of a document's shape. Each throws Mismatch(Fault::Malformed) that begins with `subject`.
namespace sello::tuf {

/// What a refusal is about. It is spelled out for one only: a document may list 100,000 things that nothing is wrong
/// with.
class Subject {
public:
    // NOLINTBEGIN(google-explicit-constructor): most subjects are one name
    Subject(std::string_view name) : name_(name) {}
    Subject(const std::string& name) : name_(name) {}
    Subject(const char* name) : name_(name) {}
    // NOLINTEND(google-explicit-constructor)
    Subject(std::string_view owner, std::string_view relation, std::string_view part = "")
        : name_(owner), relation_(relation), part_(part) {}

    /// Of a part that comes from outside, the head.
    [[nodiscard]] std::string str() const;

private:
    std::string_view name_;
    std::string_view relation_;
    std::string_view part_;
};

/// `SUBJECT: want EXPECTED, got FOUND`
[[noreturn]] void malformed(const Subject& subject, std::string_view expected, std::string_view found);
[[noreturn]] void malformed(const Subject& subject, std::string_view expected, JsonView found);

/// nullopt if the object has no such member, or it is null.
[[nodiscard]] std::optional<JsonView> find_member(JsonView object, std::string_view name);
[[nodiscard]] JsonView require_object(JsonView value, const Subject& subject);
[[nodiscard]] JsonView required_object(JsonView object, std::string_view name, const Subject& subject);
[[nodiscard]] JsonView required_list(JsonView object, std::string_view name, const Subject& subject);
[[nodiscard]] std::int64_t required_integer(JsonView object, std::string_view name, const Subject& subject);
/// An empty object, or list, if it is not there.
[[nodiscard]] JsonView object_member(JsonView object, std::string_view name, const Subject& subject);
[[nodiscard]] JsonView list_member(JsonView object, std::string_view name, const Subject& subject);
/// 0 if it is not there, as Go reads it.
[[nodiscard]] std::int64_t integer_member(JsonView object, std::string_view name, const Subject& subject);
[[nodiscard]] std::int64_t integer_value(JsonView value, const Subject& subject);
/// Good for as long as the document.
[[nodiscard]] std::string_view string_value(JsonView value, const Subject& subject);
[[nodiscard]] std::string_view string_member(JsonView object, std::string_view name, const Subject& subject);

}  // namespace sello::tuf
