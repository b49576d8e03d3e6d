#include "client/printable.h"

namespace sello::client {
namespace {

void append_escaped(std::string& out, unsigned code) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (code) {
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    out += "\\x";
    out += digits[code >> 4U];
    out += digits[code & 15U];
}

/// C1 is 0x80 to 0x9f; in UTF-8, two bytes of which the first is 0xc2.
bool begins_c1(std::string_view text) {
    return text.size() > 1 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octet = static_cast<unsigned char>(text[i]);
        if (begins_c1(text.substr(i)))
            append_escaped(out, static_cast<unsigned char>(text[++i]));
        else if (octet < 0x20 || octet == 0x7f)
            append_escaped(out, octet);
        else
            out += text[i];
    }
    return out;
}

}  // namespace sello::client
