#pragma once

#include <string>

#include "client/remote/url.h"

namespace sello::client {

struct Redirect {
    Url server;        ///< without a prefix
    std::string path;  ///< encoded, with the query; starts with a slash
};

/// Where `location` leads from a request to `path` at `server`, which has no prefix. Source: RFC 9110 section 10.2.2,
/// RFC 3986 section 5.2. Throws Error(Fault::Unavailable) for what is no URL, Error(Fault::Untrusted) for one that
/// leaves TLS.
[[nodiscard]] Redirect follow_redirect(const Url& server, const std::string& path, const std::string& location);

}  // namespace sello::client
