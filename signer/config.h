#pragma once

#include <chrono>
#include <string>

#include "hsm/signer.h"
#include "tuf/base/log.h"

namespace sello::signer {

/// The settings of sello-signer: one JSON file, read once. Unknown keys are refused; relative paths are taken from the
/// file's folder.
struct Config {
    struct Server {
        std::string address;      ///< `host:port`; port 0 takes a free one
        std::string certificate;  ///< PEM file: leaf and intermediates
        std::string key;          ///< PEM file
        std::string client_ca;    ///< PEM file: who may connect
    } server;
    log::Level log_level = log::Level::Info;
    std::string database;  ///< SQLite file
    struct Vault {
        std::string module;       ///< PKCS#11 library
        std::string module_args;  ///< for libraries that want them at start
        std::string label;
        std::string serial;    ///< empty: any
        std::string pin_file;  ///< mode 0600
        hsm::Signer::Settings signer;
        std::chrono::milliseconds time_limit{};  ///< of one request
    } vault;

    /// Throws Error(Fault::BadConfiguration) naming the key.
    [[nodiscard]] static Config from_file(const std::string& path);
};

}  // namespace sello::signer
