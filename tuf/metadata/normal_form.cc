#include "tuf/metadata/normal_form.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "tuf/base/bytes.h"

namespace sello::tuf {

bool is_nfc(std::string_view text) {
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::all_of(text.begin(), text.end(), is_ascii)) return true;
    struct Free {
        void operator()(utf8proc_uint8_t* bytes) const { std::free(bytes); }
    };
    utf8proc_uint8_t* normal = nullptr;
    const auto size =
        utf8proc_map(octets(text), static_cast<utf8proc_ssize_t>(text.size()), &normal,
                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_REJECTNA));
    const std::unique_ptr<utf8proc_uint8_t, Free> owned(normal);
    return size >= 0 && std::string_view(reinterpret_cast<char*>(normal), static_cast<std::size_t>(size)) == text;
}

}  // namespace sello::tuf
