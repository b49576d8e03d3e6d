#pragma once

#include <optional>

#include "server/http/message.h"
#include "server/storage/metadata_store.h"

namespace sello::server {

/// GET changefeed, of one collection or of all. Parameters `records` (required; 0 means 100) and `change_id`.
[[nodiscard]] http::Response get_changefeed(MetadataStore& store, const std::optional<tuf::Gun>& gun,
                                            const http::Request& request);

}  // namespace sello::server
