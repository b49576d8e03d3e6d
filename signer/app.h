#pragma once

#include <memory>
#include <string>

#include "signer/config.h"

namespace sello::signer {

/// A running signer: every object is made in its constructor, in order, and handed its collaborators. Serves from
/// construction to stop(). Throws Error if anything is missing.
class App {
public:
    /// When only a new process helps, which the supervisor starts: EX_SOFTWARE.
    static constexpr int kStuckExit = 70;

    explicit App(const Config& config);
    App(const App&) = delete;
    App& operator=(const App&) = delete;
    App(App&&) = delete;
    App& operator=(App&&) = delete;
    ~App();

    /// `host:port` with the port that was taken.
    [[nodiscard]] const std::string& address() const;
    /// Brings the health service up to date. False when the module hangs so that only a new process helps.
    [[nodiscard]] bool check();
    /// Takes no more requests, gives those under way a few seconds, and ends the signer's threads. If a call into the
    /// module does not return, nothing can be taken down any more: the process ends with kStuckExit.
    void stop();

private:
    struct Parts;
    void drain();
    void end_parts();
    std::unique_ptr<Parts> parts_;
};

/// What `sello-signer init-token` does: the token of the configuration, with PIN and wrapping key.
void init_token(const Config& config, const std::string& so_pin_file);

}  // namespace sello::signer
