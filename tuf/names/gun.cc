#include "tuf/names/gun.h"

#include <algorithm>
#include <string_view>

#include "tuf/base/error.h"

namespace sello::tuf {
namespace {

/// What a message may show of a name that came from outside: at most 64 bytes, printable.
std::string shown(std::string_view text) {
    std::string out(text.substr(0, 64));
    std::replace_if(
        out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
    return text.size() > 64 ? out + "..." : out;
}

/// RFC 3629: shortest forms only, no surrogates, nothing past U+10FFFF.
bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i++]);
        if (first < 0x80) continue;
        const unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        if (first < 0xc2 || first > 0xf4 || i + more > text.size()) return false;
        unsigned code = first & (0x3fU >> more);
        for (unsigned n = 0; n < more; ++n) {
            const auto next = static_cast<unsigned char>(text[i++]);
            if ((next & 0xc0U) != 0x80) return false;
            code = (code << 6U) | (next & 0x3fU);
        }
        const unsigned least = more == 1 ? 0x80U : more == 2 ? 0x800U : 0x10000U;
        if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
    }
    return true;
}

[[noreturn]] void refuse(const std::string& text, std::string_view reason) {
    throw Error(Fault::Malformed, concat("GUN \"", shown(text), "\": ", reason));
}

}  // namespace

void GunTag::check(const std::string& text) {
    if (text.empty() || text.size() > 255) refuse(text, concat("want 1 to 255 bytes, got ", text.size()));
    if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '*'; }))
        refuse(text, "holds a control character or `*`");
    if (!is_utf8(text)) refuse(text, "is not UTF-8");
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('/', begin), text.size());
        const std::string_view segment(text.data() + begin, end - begin);
        if (segment.empty() || segment == "." || segment == "..") refuse(text, "a segment is empty, `.` or `..`");
        begin = end + 1;
    }
}

}  // namespace sello::tuf
