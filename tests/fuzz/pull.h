#pragma once

#include "tests/fuzz/scene.h"
#include "tuf/trust/trusted_metadata.h"

namespace sello::fuzz {

/// The checks of a pull against a server that shows what an attacker can make. The first bytes choose what was trusted
/// before and what is shown first; then come operations: bend the files, list them anew, refresh, begin a new run of
/// the client.
void pull(const History& history, const std::uint8_t* data, std::size_t size);

}  // namespace sello::fuzz
