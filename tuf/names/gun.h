#pragma once

#include "tuf/base/strong_string.h"

namespace sello::tuf {

struct GunTag {
    /// 1 to 255 bytes of UTF-8; no control characters, no `*`; no segment that is empty, `.` or `..`.
    static void check(const std::string& text);
};

/// The globally unique name of a collection, `registry/repository`. Safe as a relative path.
using Gun = StrongString<GunTag>;

}  // namespace sello::tuf
