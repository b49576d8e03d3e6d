#pragma once

#include <boost/asio/ssl/context.hpp>

#include "client/remote/tls_settings.h"

namespace sello::client {

/// For TLS 1.2 and later. Throws Error(Fault::BadConfiguration), naming the file that cannot be used.
[[nodiscard]] boost::asio::ssl::context make_tls_context(const TlsSettings& tls);

}  // namespace sello::client
