#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tuf/metadata/json.h"

/// What both dialects ask of a document's shape. Each throws Error(Fault::Malformed) that begins with `subject`.
namespace sello::tuf {

[[noreturn]] void malformed(const std::string& subject, std::string_view what);

/// Null if the object has no such member, or it is null.
[[nodiscard]] const Json* find_member(const Json& object, const char* name);
[[nodiscard]] const Json& require_object(const Json& value, const std::string& subject);
/// An empty object, or list, if it is not there.
[[nodiscard]] const Json& object_member(const Json& object, const char* name, const std::string& subject);
[[nodiscard]] const Json& array_member(const Json& object, const char* name, const std::string& subject);
/// 0 if it is not there, as Go reads it.
[[nodiscard]] std::int64_t integer_member(const Json& object, const char* name, const std::string& subject);
[[nodiscard]] std::int64_t integer_value(const Json& value, const std::string& subject);
[[nodiscard]] const std::string& string_value(const Json& value, const std::string& subject);
[[nodiscard]] const std::string& string_member(const Json& object, const char* name, const std::string& subject);

}  // namespace sello::tuf
