#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace sello::log {

enum class Level { Debug, Info, Warning, Error, Off };

/// `panic`, `fatal`, `error`, `warn`, `warning`, `info`, `debug`, `trace`, as Notary's configuration spells them.
/// Throws Error(Fault::BadConfiguration) for any other.
[[nodiscard]] Level parse_level(std::string_view text);

/// A fact of an event: a name and a value.
struct Field {
    std::string_view name;
    std::variant<std::string, std::int64_t, double, bool> value;

    Field(std::string_view field, std::string text) : name(field), value(std::move(text)) {}
    Field(std::string_view field, std::string_view text) : name(field), value(std::string(text)) {}
    Field(std::string_view field, const char* text) : name(field), value(std::string(text)) {}
    Field(std::string_view field, std::int64_t number) : name(field), value(number) {}
    Field(std::string_view field, std::uint64_t number) : name(field), value(static_cast<std::int64_t>(number)) {}
    Field(std::string_view field, int number) : name(field), value(std::int64_t{number}) {}
    Field(std::string_view field, unsigned number) : name(field), value(std::int64_t{number}) {}
    Field(std::string_view field, double number) : name(field), value(number) {}
    Field(std::string_view field, bool truth) : name(field), value(truth) {}
    template <class Strong>
    requires requires(const Strong& s) { std::string(s.str()); }
    Field(std::string_view field, const Strong& text) : name(field), value(std::string(text.str())) {}
};
using Fields = std::initializer_list<Field>;

/// One JSON line an event, to stderr: {"time":...,"level":...,"event":...,fields...}. Safe from any thread.
void set_level(Level level);
[[nodiscard]] Level level();
void write(Level level, std::string_view event, Fields fields);

inline void debug(std::string_view event, Fields fields = {}) { write(Level::Debug, event, fields); }
inline void info(std::string_view event, Fields fields = {}) { write(Level::Info, event, fields); }
inline void warning(std::string_view event, Fields fields = {}) { write(Level::Warning, event, fields); }
inline void error(std::string_view event, Fields fields = {}) { write(Level::Error, event, fields); }

}  // namespace sello::log
