#pragma once

#include <atomic>
#include <compare>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "hsm/cryptoki.h"
#include "hsm/gate.h"
#include "hsm/module.h"
#include "hsm/slots.h"

namespace sello::hsm {

/// Tags every handle. `session` rises when sessions were lost but the library lives: old ones may still be closed.
/// `library` rises with finalise and initialise: old handles must not even be closed, since numbers start again.
struct Generation {
    std::uint32_t library = 0;
    std::uint32_t session = 0;
    friend auto operator<=>(const Generation&, const Generation&) = default;
    friend bool operator==(const Generation&, const Generation&) = default;
};

enum class TokenState {
    Up,
    Down,    ///< away; recovery goes on
    Locked,  ///< the PIN was not accepted, or one more try might lock the token: nothing is tried until a restart
};

class TokenUse;

/// A logged-in token, found by label and serial. For any thread.
class Token {
public:
    struct Settings {
        std::string label;
        std::string serial;    ///< empty: any
        std::string pin_file;  ///< mode 0600; read at each login, never kept
        std::chrono::milliseconds hang_limit = std::chrono::seconds(30);
    };

    /// Finds the token and logs in. Throws Error: Unavailable, BadConfiguration, FailedPrecondition (PIN).
    Token(Module& module, Settings settings);
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;
    Token(Token&&) = delete;
    Token& operator=(Token&&) = delete;
    ~Token();

    [[nodiscard]] TokenState state() const noexcept { return state_; }
    [[nodiscard]] Generation generation() const noexcept;
    [[nodiscard]] std::string serial() const;

    /// Permission to call Cryptoki. Throws Error(FailedPrecondition) when locked.
    [[nodiscard]] TokenUse use();

    /// Brings the token back after a failure seen under generation `seen`: a new login, and if that fails or did not
    /// help, finalise and initialise. One thread recovers, the others wait for it and return. The caller holds no
    /// TokenUse. Throws Error(Unavailable) if the token is still away (the next try waits: 50 ms doubling to 5 s, with
    /// jitter).
    void recover(Generation seen, bool library_lost, Deadline deadline);

private:
    friend class TokenUse;
    void open_anchor();
    void close_anchor() noexcept;
    void log_in();
    void renew_login();
    void renew_library();
    void climb_until(bool library_lost, Deadline deadline);
    void climb(bool library_lost);
    void set_state(TokenState state);

    Module& module_;
    Settings settings_;
    Gate gate_;
    std::atomic<std::uint64_t> generation_ = 0;
    std::atomic<TokenState> state_ = TokenState::Down;
    std::atomic<CK_SLOT_ID> slot_ = 0;

    std::mutex mutex_;  ///< of recovering_
    std::condition_variable recovered_;
    bool recovering_ = false;

    // What follows belongs to whoever recovers.
    TokenInfo info_;
    SessionHandle anchor_ = 0;  ///< keeps the login: the token logs out with its last session
    unsigned failures_ = 0;
    Deadline next_try_{};
    Deadline last_login_{};
};

/// Holds the gate's shared side: while it lives, the library is not finalised and handles of `generation` mean what
/// they meant. Short-lived; one a thread.
class TokenUse {
public:
    [[nodiscard]] const Functions& functions() const noexcept { return functions_; }
    [[nodiscard]] CK_SLOT_ID slot() const noexcept { return slot_; }
    [[nodiscard]] Generation generation() const noexcept { return generation_; }

private:
    friend class Token;
    explicit TokenUse(Token& token);
    std::shared_lock<Gate> lock_;
    const Functions& functions_;
    CK_SLOT_ID slot_;
    Generation generation_;
};

}  // namespace sello::hsm
