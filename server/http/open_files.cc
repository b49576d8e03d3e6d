#include "server/http/open_files.h"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

namespace sello::http {

std::size_t raise_open_files() {
    ::rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return std::numeric_limits<std::size_t>::max();
    ::rlimit raised = files;
    raised.rlim_cur = files.rlim_max;
    return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : files.rlim_cur;
}

Limits fit_to_open_files(Limits limits, std::size_t open_files, std::size_t reserved) {
    const std::size_t room = open_files > reserved ? open_files - reserved : 1;
    if (limits.connections <= room) return limits;
    const std::size_t share = limits.connections_per_address * room / limits.connections;
    limits.connections_per_address = std::max<std::size_t>(1, share);
    limits.connections = room;
    return limits;
}

}  // namespace sello::http
