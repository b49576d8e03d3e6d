#pragma once

#include <string>

namespace sello::client {

struct TlsSettings {
    std::string ca_file;           ///< PEM; replaces the system's authorities; empty: those
    std::string certificate_file;  ///< PEM, to show to the server; empty: none
    std::string key_file;
    bool skip_verification = false;
};

}  // namespace sello::client
