#include "tuf/metadata/canonical_json.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "tuf/base/error.h"
#include "tuf/base/mismatch.h"

namespace sello::tuf {
namespace {

enum class Form { Canonical, Wire, Olpc };

void append_escaped(Bytes& out, unsigned code) {
    constexpr ByteView digits = "0123456789abcdef";
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) out += digits[(code >> shift) & 15U];
}

/// U+2028 or U+2029 at `pos`; 0 if it is neither.
unsigned separator_at(ByteView text, std::size_t pos) {
    if (text.substr(pos, 2) != "\xe2\x80" || pos + 2 >= text.size()) return 0;
    const auto last = static_cast<unsigned char>(text[pos + 2]);
    return last == 0xa8 ? 0x2028U : last == 0xa9 ? 0x2029U : 0U;
}

/// What Go's encoder escapes beside quotes and backslashes: the code point at `pos`, which may be NUL; nullopt if it
/// stays as it is.
std::optional<unsigned> escaped_on_wire(ByteView text, std::size_t pos) {
    const auto octet = static_cast<unsigned char>(text[pos]);
    if (octet == '<' || octet == '>' || octet == '&' || octet < 0x20) return octet;
    const unsigned separator = separator_at(text, pos);
    return separator == 0 ? std::nullopt : std::optional(separator);
}

/// Octets that stand for themselves in every form.
constexpr std::array<bool, 256> plain_octets() {
    std::array<bool, 256> plain{};
    for (std::size_t octet = 0x20; octet < 0x80; ++octet) plain[octet] = true;
    for (const char c : {'"', '\\', '<', '>', '&'}) plain[static_cast<unsigned char>(c)] = false;
    return plain;
}

/// How many of them `text` begins with.
std::size_t plain_run(ByteView text) {
    static constexpr std::array<bool, 256> plain = plain_octets();
    std::size_t size = 0;
    while (size < text.size() && plain[static_cast<unsigned char>(text[size])]) ++size;
    return size;
}

void append_string(Bytes& out, ByteView text, Form form) {
    constexpr unsigned last_single_octet = 0x7f;
    out += '"';
    for (std::size_t i = 0; i < text.size(); ++i) {
        // Nearly all strings are nothing but such runs.
        const std::size_t plain = plain_run(text.substr(i));
        out.append(text, i, plain);
        i += plain;
        if (i == text.size()) break;
        const auto code = form == Form::Wire ? escaped_on_wire(text, i) : std::nullopt;
        if (code) {
            append_escaped(out, *code);
            if (*code > last_single_octet) i += 2;
            continue;
        }
        if (text[i] == '"' || text[i] == '\\') out += '\\';
        out += text[i];
    }
    out += '"';
}

/// As it is written.
struct Number {
    std::string text;
    bool is_integer;
};

/// Numbers as Go's doubles print them.
void append_double(Bytes& out, const Number& number) {
    constexpr std::size_t exact_digits = 15;
    if (number.is_integer && number.text.size() <= exact_digits && number.text != "-0") {
        out += number.text;
        return;
    }
    constexpr double past_integers = 9223372036854775808.0;  // 2^63
    const double value = std::strtod(number.text.c_str(), nullptr);
    if (value != std::trunc(value) || std::fabs(value) >= past_integers)
        throw Mismatch(Fault::Malformed, concat("json: unsupported value: ", Json(value).dump()), "integers",
                       head(number.text));
    out += std::to_string(static_cast<std::int64_t>(value));
}

void append_number(Bytes& out, const Number& number, Form form) {
    if (form != Form::Olpc) return append_double(out, number);
    if (!number.is_integer)
        throw Mismatch(Fault::Malformed, concat("JSON: want integers only, got ", head(number.text)), "integers",
                       head(number.text));
    out += number.text == "-0" ? "0" : number.text;
}

/// What the writer asks of a value, for a tree and for a view.
JsonKind kind_of(const Json& value) {
    switch (value.type()) {
        case Json::value_t::object: return JsonKind::Object;
        case Json::value_t::array: return JsonKind::List;
        case Json::value_t::string: return JsonKind::String;
        case Json::value_t::boolean: return JsonKind::Boolean;
        case Json::value_t::number_float: return JsonKind::Real;
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
        case Json::value_t::binary: return JsonKind::Integer;
        default: return JsonKind::Null;
    }
}
const Json::object_t& members_of(const Json& value) { return value.get_ref<const Json::object_t&>(); }
const Json& items_of(const Json& value) { return value; }
ByteView text_of(const Json& value) { return value.get_ref<const std::string&>(); }
bool boolean_of(const Json& value) { return value.get<bool>(); }
std::string digits_of(const Json& value) { return is_long_integer(value) ? long_integer_text(value) : value.dump(); }

JsonKind kind_of(JsonView value) { return value.kind(); }
JsonView::Members members_of(JsonView value) { return value.members(); }
JsonView::Items items_of(JsonView value) { return value.items(); }
ByteView text_of(JsonView value) { return value.text(); }
bool boolean_of(JsonView value) { return value.boolean(); }
std::string digits_of(JsonView value) { return std::string(value.text()); }

template <class Value>
void append(Bytes& out, const Value& value, Form form) {
    const JsonKind kind = kind_of(value);
    switch (kind) {
        case JsonKind::Object: {
            out += '{';
            bool first = true;
            for (const auto& [name, member] : members_of(value)) {  // both sort them by bytes
                if (!first) out += ',';
                first = false;
                append_string(out, name, form);
                out += ':';
                append(out, member, form);
            }
            out += '}';
            break;
        }
        case JsonKind::List: {
            out += '[';
            bool first = true;
            for (const auto& item : items_of(value)) {
                if (!first) out += ',';
                first = false;
                append(out, item, form);
            }
            out += ']';
            break;
        }
        case JsonKind::String: append_string(out, text_of(value), form); break;
        case JsonKind::Boolean: out += boolean_of(value) ? "true" : "false"; break;
        case JsonKind::Integer:
        case JsonKind::Real: append_number(out, {digits_of(value), kind == JsonKind::Integer}, form); break;
        case JsonKind::Null: out += "null"; break;
    }
}

template <class Value>
Bytes written(const Value& value, Form form) {
    Bytes out;
    append(out, value, form);
    return out;
}

}  // namespace

Bytes canonical_json(const Json& value) { return written(value, Form::Canonical); }
Bytes canonical_json(JsonView value) { return written(value, Form::Canonical); }
Bytes olpc_json(const Json& value) { return written(value, Form::Olpc); }
Bytes olpc_json(JsonView value) { return written(value, Form::Olpc); }
Bytes wire_json(const Json& value) { return written(value, Form::Wire); }

}  // namespace sello::tuf
