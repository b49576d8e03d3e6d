#pragma once

#include <functional>

#include "tuf/base/bytes.h"

namespace sello::client {

/// Takes what comes piece by piece, in order.
using ByteSink = std::function<void(ByteView)>;

}  // namespace sello::client
