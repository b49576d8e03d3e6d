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

[[noreturn]] void refuse(const std::string& text, std::string_view reason) {
    throw Error(Fault::Malformed, concat("GUN \"", shown(text), "\": ", reason));
}

}  // namespace

void GunTag::check(const std::string& text) {
    if (text.empty() || text.size() > 255) refuse(text, concat("want 1 to 255 bytes, got ", text.size()));
    if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '*'; }))
        refuse(text, "holds a control character or `*`");
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('/', begin), text.size());
        const std::string_view segment(text.data() + begin, end - begin);
        if (segment.empty() || segment == "." || segment == "..") refuse(text, "a segment is empty, `.` or `..`");
        begin = end + 1;
    }
}

}  // namespace sello::tuf
