#pragma once

#include <cstddef>

#include "server/http/limits.h"

namespace sello::http {

/// Raises the soft limit of file descriptors of this process to the hard one, and gives what it is then.
[[nodiscard]] std::size_t raise_open_files();

/// `limits` with no more connections than there are descriptors for, when `reserved` of `open_files` are left to
/// others. The share of an address shrinks with them.
[[nodiscard]] Limits fit_to_open_files(Limits limits, std::size_t open_files, std::size_t reserved);

}  // namespace sello::http
