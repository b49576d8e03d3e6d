#include "hsm/token.h"

#include <algorithm>
#include <random>
#include <thread>

#include "hsm/pin.h"
#include "hsm/pkcs11_error.h"
#include "tuf/base/log.h"
#include "tuf/base/secret.h"

namespace sello::hsm {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{5000};
/// A failure this soon after a new login shows that the login was not what was missing.
constexpr milliseconds kLoginDidNotHelp{2000};

std::uint64_t packed(Generation generation) { return (std::uint64_t{generation.library} << 32U) | generation.session; }

milliseconds pause_after(unsigned failures) {
    const milliseconds pause = std::min(kLongestPause, kFirstPause * (1U << std::min(failures, 7U)));
    thread_local std::minstd_rand random{std::random_device{}()};
    return pause - milliseconds(std::uniform_int_distribution<int>(0, static_cast<int>(pause.count()) / 4)(random));
}

const char* name(TokenState state) {
    switch (state) {
        case TokenState::Up: return "up";
        case TokenState::Down: return "down";
        case TokenState::Locked: return "locked";
    }
    return "down";
}

}  // namespace

Token::Token(Module& module, Settings settings) : module_(module), settings_(std::move(settings)) {
    info_ = find_token(module_.functions(), settings_.label, settings_.serial);
    slot_ = info_.slot;
    open_anchor();
    generation_ = packed({1, 1});
    state_ = TokenState::Up;
}

Token::~Token() { close_anchor(); }

Generation Token::generation() const noexcept {
    const std::uint64_t both = generation_;
    return {static_cast<std::uint32_t>(both >> 32U), static_cast<std::uint32_t>(both)};
}

std::string Token::serial() const { return info_.serial; }

TokenUse Token::use() {
    TokenUse use(*this);
    if (state_ == TokenState::Locked)
        throw Error(Fault::FailedPrecondition, concat("token ", settings_.label, ": locked, its PIN was not accepted"));
    return use;
}

TokenUse::TokenUse(Token& token)
    : lock_(token.gate_), functions_(token.module_.functions()), slot_(token.slot_), generation_(token.generation()) {}

void Token::set_state(TokenState state) {
    if (state_.exchange(state) == state) return;
    log::warning("token state changed", {{"token", settings_.label}, {"state", name(state)}});
}

void Token::open_anchor() {
    check_pkcs11(
        module_.functions().C_OpenSession(slot_, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &anchor_),
        "C_OpenSession");
    try {
        log_in();
    } catch (...) {
        close_anchor();
        throw;
    }
}

void Token::close_anchor() noexcept {
    if (anchor_ != 0) (void)module_.functions().C_CloseSession(anchor_);
    anchor_ = 0;
}

/// Tries the PIN once. "Already logged in" comes back even for a wrong PIN and proves nothing: the session's state
/// does.
void Token::log_in() {
    const Functions& f = module_.functions();
    CK_TOKEN_INFO info{};
    check_pkcs11(f.C_GetTokenInfo(slot_, &info), "C_GetTokenInfo");
    if (kUser.is_at_risk(info.flags)) set_state(TokenState::Locked);
    require_safe_try(info.flags, kUser, settings_.label, settings_.pin_file);
    PinBuffer pin(read_secret_file(settings_.pin_file));
    const CK_RV result = f.C_Login(anchor_, kUser.type, pin.data(), pin.size());
    if (result != CKR_OK && result != CKR_USER_ALREADY_LOGGED_IN) {
        if (Pkcs11Error(result, "C_Login").reaction() == Reaction::Lock) set_state(TokenState::Locked);
        check_pin(result, "C_Login", settings_.label, settings_.pin_file);
    }
    CK_SESSION_INFO session{};
    check_pkcs11(f.C_GetSessionInfo(anchor_, &session), "C_GetSessionInfo");
    if (session.state != CKS_RW_USER_FUNCTIONS)
        throw Error(Fault::Unavailable,
                    concat("token ", settings_.label, ": not logged in after login, session state ", session.state));
}

/// Step 2: everything that hangs on sessions is made new.
void Token::renew_login() {
    const std::shared_lock<Gate> calls(gate_);
    close_anchor();
    open_anchor();
    Generation next = generation();
    ++next.session;
    generation_ = packed(next);
}

/// Step 3: the library itself is made new. Numbers of slots, sessions and objects start again.
void Token::renew_library() {
    if (!gate_.try_lock_for(settings_.hang_limit))
        throw Error(Fault::Unavailable, concat("token ", settings_.label, ": a call into the module does not return"));
    const std::unique_lock<Gate> alone(gate_, std::adopt_lock);
    Generation next = generation();
    ++next.library;
    generation_ = packed(next);
    anchor_ = 0;
    module_.reinitialise();
    info_ =
        find_token(module_.functions(), settings_.label, settings_.serial.empty() ? info_.serial : settings_.serial);
    slot_ = info_.slot;
    open_anchor();
}

void Token::recover(Generation seen, bool library_lost, Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (!recovered_.wait_until(lock, deadline, [this] { return !recovering_; }))
        throw Error(Fault::Unavailable, concat("token ", settings_.label, ": recovery takes long"));
    if (generation() != seen && state_ == TokenState::Up) return;  // somebody else has done it
    recovering_ = true;
    lock.unlock();
    const auto leave = [&] {
        lock.lock();
        recovering_ = false;
        recovered_.notify_all();
    };
    try {
        climb_until(library_lost, deadline);
    } catch (...) {
        leave();
        throw;
    }
    leave();
}

void Token::climb_until(bool library_lost, Deadline deadline) {
    std::string reason = "away";
    for (;;) {
        if (state_ == TokenState::Locked)
            throw Error(Fault::FailedPrecondition,
                        concat("token ", settings_.label, ": locked, its PIN was not accepted"));
        if (next_try_ + kFirstPause > deadline)
            throw Error(Fault::Unavailable, concat("token ", settings_.label, ": ", reason));
        std::this_thread::sleep_until(next_try_);
        try {
            climb(library_lost);
            break;
        } catch (const Error& error) {
            if (state_ == TokenState::Locked) throw;
            reason = error.what();
            set_state(TokenState::Down);
            next_try_ = std::chrono::steady_clock::now() + pause_after(failures_++);
        }
    }
    failures_ = 0;
    next_try_ = {};
    set_state(TokenState::Up);
    const Generation next = generation();
    log::info("token recovered",
              {{"token", settings_.label}, {"library_generation", next.library}, {"session_generation", next.session}});
}

/// One try: a new login, unless that is known not to help; failing that, a new library.
void Token::climb(bool library_lost) {
    const Deadline now = std::chrono::steady_clock::now();
    const bool login_may_help = !library_lost && state_ == TokenState::Up && now - last_login_ > kLoginDidNotHelp;
    last_login_ = now;
    if (login_may_help) try {
            return renew_login();
        } catch (const Error& error) {
            if (state_ == TokenState::Locked) throw;
            log::warning("token login failed", {{"token", settings_.label}, {"reason", error.what()}});
        }
    renew_library();
}

}  // namespace sello::hsm
