#pragma once

#include <string>

namespace sello::test {

/// Writes NAME.pem (certificate and key) into `folder`: self-signed P-256 for localhost. Returns its path.
std::string make_certificate(const std::string& folder, const std::string& name);

}  // namespace sello::test
