#pragma once

#include <filesystem>
#include <string>

#include "client/remote/http_client.h"
#include "tuf/trust/pinning.h"

namespace sello::client {

/// What the flags say; empty where they say nothing.
struct GlobalFlags {
    std::string config_file;
    std::string trust_directory;
    std::string server;
    TlsSettings tls;
};

/// Flags over the configuration file over the environment over defaults. Keys are those of Notary's client.
struct ClientConfig {
    std::filesystem::path trust_directory;
    std::string server;
    TlsSettings tls;
    /// Authorities by the paths of their files, which are read when one of them decides.
    tuf::TrustPinning pinning;
};

/// Reads `~/.notary/config.json`, or the file of the flag. Throws Error(Fault::BadConfiguration).
[[nodiscard]] ClientConfig read_config(const GlobalFlags& flags);

}  // namespace sello::client
