#pragma once

#include <memory>
#include <string>

#include "signer/app.h"
#include "tests/hsm/softhsm_fixture.h"
#include "tests/signer/pki.h"

namespace sello::test {

/// A signer in this process, on a token, a database and certificates of its own.
class RunningSigner {
public:
    RunningSigner() : pki_(store_.folder()) {
        store_.set_up();
        config_.server = {"127.0.0.1:0", pki_.certificate("server"), pki_.key("server"), pki_.certificate("ca")};
        config_.database = store_.folder() + "/signer.db";
        config_.vault.module = kSoftHsmModule;
        config_.vault.label = "sello";
        config_.vault.pin_file = store_.pin_file();
        config_.vault.time_limit = std::chrono::seconds(10);
        start();
    }
    void stop() { app_.reset(); }
    void start() { app_ = std::make_unique<signer::App>(config_); }
    /// On the port it had before.
    void start_again() {
        config_.server.address = address_;
        start();
    }
    /// Takes note of the address, so that start_again() comes back to it.
    void keep_address() { address_ = app_->address(); }

    [[nodiscard]] const std::string& address() const { return app_->address(); }
    [[nodiscard]] std::string port() const { return address().substr(address().rfind(':') + 1); }
    [[nodiscard]] const SoftHsmStore& store() const { return store_; }
    [[nodiscard]] const TestPki& pki() const { return pki_; }
    [[nodiscard]] signer::Config& config() { return config_; }

private:
    SoftHsmStore store_;
    TestPki pki_;
    signer::Config config_;
    std::string address_;
    std::unique_ptr<signer::App> app_;
};

}  // namespace sello::test
