#pragma once

#include <string>

#include "hsm/module.h"
#include "hsm/signer.h"
#include "hsm/token.h"
#include "hsm/token_setup.h"

namespace sello::test {

inline constexpr const char* kSoftHsmModule = "/usr/lib/softhsm/libsofthsm2.so";

/// A SoftHSM token store of its own, in memory where the machine has a memory file system. The process uses it from
/// construction on (SOFTHSM2_CONF); it is removed at the end.
class SoftHsmStore {
public:
    SoftHsmStore();
    SoftHsmStore(const SoftHsmStore&) = delete;
    SoftHsmStore& operator=(const SoftHsmStore&) = delete;
    SoftHsmStore(SoftHsmStore&&) = delete;
    SoftHsmStore& operator=(SoftHsmStore&&) = delete;
    ~SoftHsmStore();

    [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
    [[nodiscard]] std::string configuration() const { return folder_ + "/softhsm2.conf"; }
    [[nodiscard]] std::string pin_file() const { return folder_ + "/pin"; }
    [[nodiscard]] std::string so_pin_file() const { return folder_ + "/so-pin"; }
    /// Writes a file of mode 0600 and returns its path.
    std::string write_secret(const std::string& name, const std::string& content) const;
    /// Makes the token `sello` with its wrapping key. Uses the module for itself meanwhile.
    hsm::TokenSetup set_up(const std::string& label = "sello") const;
    [[nodiscard]] hsm::Token::Settings token_settings() const { return {"sello", "", pin_file()}; }

private:
    std::string folder_;
};

/// A token that is set up, and a signer on it.
struct TokenWithSigner {
    explicit TokenWithSigner(const SoftHsmStore& store, hsm::Signer::Settings settings = {})
        : module(kSoftHsmModule), token(module, store.token_settings()), signer(token, settings) {}
    hsm::Module module;
    hsm::Token token;
    hsm::Signer signer;
};

[[nodiscard]] inline hsm::Deadline soon() { return hsm::deadline_in(std::chrono::seconds(30)); }

/// Runs a shell command; its output, or an exception naming the command if it fails.
std::string run_command(const std::string& command);

}  // namespace sello::test
