#include "tuf/metadata/canonical_json.h"

#include <cmath>
#include <cstdlib>
#include <optional>

#include "tuf/base/error.h"

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

/// Bytes at the head of `text` that stand for themselves in every form.
std::size_t plain_run(ByteView text) {
    std::size_t size = 0;
    while (size < text.size()) {
        const auto octet = static_cast<unsigned char>(text[size]);
        if (octet < 0x20 || octet >= 0x80 || octet == '"' || octet == '\\' || octet == '<' || octet == '>' ||
            octet == '&')
            break;
        ++size;
    }
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

void append_double(Bytes& out, double value) {
    if (value != std::trunc(value) || std::fabs(value) >= 9223372036854775808.0) {
        throw Error(Fault::Malformed, concat("json: unsupported value: ", Json(value).dump()));
    }
    out += std::to_string(static_cast<std::int64_t>(value));
}

/// Integers as Go's doubles print them.
void append_rounded(Bytes& out, const Json& value) {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    const bool fits = value.is_number_unsigned() ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(exact)
                                                 : value.get<std::int64_t>() >= -exact;
    if (fits)
        out += value.dump();
    else
        append_double(out, value.get<double>());
}

void append_number(Bytes& out, const Json& value, Form form) {
    if (form == Form::Olpc) {
        if (is_long_integer(value))
            out += long_integer_text(value);
        else if (value.is_number_integer())
            out += value.dump();
        else
            throw Error(Fault::Malformed, concat("JSON: want integers only, got ", value.dump()));
    } else if (is_long_integer(value)) {
        append_double(out, std::strtod(long_integer_text(value).c_str(), nullptr));
    } else if (value.is_number_float()) {
        append_double(out, value.get<double>());
    } else {
        append_rounded(out, value);
    }
}

void append(Bytes& out, const Json& value, Form form) {
    switch (value.type()) {
        case Json::value_t::object: {
            out += '{';
            bool first = true;
            for (auto member = value.begin(); member != value.end(); ++member) {  // nlohmann sorts by bytes
                if (!first) out += ',';
                first = false;
                append_string(out, member.key(), form);
                out += ':';
                append(out, *member, form);
            }
            out += '}';
            break;
        }
        case Json::value_t::array: {
            out += '[';
            bool first = true;
            for (const Json& item : value) {
                if (!first) out += ',';
                first = false;
                append(out, item, form);
            }
            out += ']';
            break;
        }
        case Json::value_t::string: append_string(out, value.get_ref<const std::string&>(), form); break;
        case Json::value_t::boolean: out += value.get<bool>() ? "true" : "false"; break;
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
        case Json::value_t::number_float:
        case Json::value_t::binary: append_number(out, value, form); break;
        default: out += "null"; break;
    }
}

}  // namespace

Bytes canonical_json(const Json& value) {
    Bytes out;
    append(out, value, Form::Canonical);
    return out;
}

Bytes olpc_json(const Json& value) {
    Bytes out;
    append(out, value, Form::Olpc);
    return out;
}

Bytes wire_json(const Json& value) {
    Bytes out;
    append(out, value, Form::Wire);
    return out;
}

}  // namespace sello::tuf
