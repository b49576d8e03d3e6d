#include "tuf/metadata/canonical_json.h"

#include <cmath>

#include "tuf/base/error.h"

namespace sello::tuf {
namespace {

enum class Form { Canonical, Wire };

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

/// What Go's encoder escapes beside quotes and backslashes: the code point at `pos`, 0 if it stays as it is.
unsigned escaped_on_wire(ByteView text, std::size_t pos) {
    const auto octet = static_cast<unsigned char>(text[pos]);
    if (octet == '<' || octet == '>' || octet == '&' || octet < 0x20) return octet;
    return separator_at(text, pos);
}

void append_string(Bytes& out, ByteView text, Form form) {
    constexpr unsigned last_single_octet = 0x7f;
    out += '"';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned code = form == Form::Wire ? escaped_on_wire(text, i) : 0;
        if (code != 0) {
            append_escaped(out, code);
            if (code > last_single_octet) i += 2;
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

void append(Bytes& out, const Json& value, Form form) {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
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
        case Json::value_t::number_unsigned: {
            const bool fits = value.is_number_unsigned()
                                  ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(exact)
                                  : value.get<std::int64_t>() >= -exact;
            if (fits)
                out += value.is_number_unsigned() ? std::to_string(value.get<std::uint64_t>())
                                                  : std::to_string(value.get<std::int64_t>());
            else
                append_double(out, value.get<double>());
            break;
        }
        case Json::value_t::number_float: append_double(out, value.get<double>()); break;
        default: out += "null"; break;
    }
}

}  // namespace

Bytes canonical_json(const Json& value) {
    Bytes out;
    append(out, value, Form::Canonical);
    return out;
}

Bytes wire_json(const Json& value) {
    Bytes out;
    append(out, value, Form::Wire);
    return out;
}

}  // namespace sello::tuf
