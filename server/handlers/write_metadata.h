#pragma once

#include <string_view>

#include "server/handlers/gun_prefixes.h"
#include "server/handlers/trust_path.h"
#include "server/http/message.h"
#include "server/publish/collections.h"

/// What changes a collection, and the keys that a publisher asks for first.
namespace sello::server {

/// POST: one part a role. 200 and an empty body once all of it is durable.
[[nodiscard]] http::Response publish_metadata(Collections& collections, const TrustPath& path,
                                              const http::Request& request, const GunPrefixes& prefixes);
/// DELETE: 200 also where there was nothing.
[[nodiscard]] http::Response delete_collection(Collections& collections, const TrustPath& path,
                                               const http::Request& request);
/// GET of a server-held key; `role` is `snapshot` or `timestamp`.
[[nodiscard]] http::Response get_server_key(Collections& collections, const TrustPath& path, std::string_view role);
/// POST: the key to rotate to. It counts once a root that names it is published.
[[nodiscard]] http::Response rotate_server_key(Collections& collections, const TrustPath& path, std::string_view role);

}  // namespace sello::server
