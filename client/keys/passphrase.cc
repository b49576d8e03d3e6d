#include "client/keys/passphrase.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <optional>

#include "client/printable.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

constexpr int kAttempts = 4;
constexpr std::size_t kMinimum = 8;

std::string notary_variable(const std::string& role) {
    if (role == "root") return "NOTARY_ROOT_PASSPHRASE";
    if (role == "targets") return "NOTARY_TARGETS_PASSPHRASE";
    if (role == "snapshot") return "NOTARY_SNAPSHOT_PASSPHRASE";
    return "NOTARY_DELEGATION_PASSPHRASE";
}

const char* docker_variable(const std::string& role) {
    return role == "root" ? "DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE" : "DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE";
}

struct Variable {
    std::string name;
    const char* value;
};

/// The first of the two that is set.
std::optional<Variable> from_environment(const std::string& role) {
    for (const std::string& name : {notary_variable(role), std::string(docker_variable(role))})
        if (const char* value = std::getenv(name.c_str()); value != nullptr && *value != '\0')
            return Variable{name, value};
    return std::nullopt;
}

/// Echo off for as long as it lives.
class Silence {
public:
    Silence() {
        ::tcgetattr(STDIN_FILENO, &before_);
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    Silence(Silence&&) = delete;
    Silence& operator=(Silence&&) = delete;
    ~Silence() {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        std::cerr << '\n';
    }

private:
    termios before_{};
};

/// A line of the terminal, past every buffer that nobody would wipe. A terminal gives one line a read, without what is
/// beyond its own longest, which is 4095 bytes.
Secret read_line() {
    std::array<char, 4096> line{};
    ssize_t count = 0;
    do {
        count = ::read(STDIN_FILENO, line.data(), line.size());
    } while (count < 0 && errno == EINTR);
    const ByteView typed(line.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    Secret secret(Bytes(typed.substr(0, typed.find('\n'))));
    wipe(line.data(), line.size());
    if (count <= 0) throw Error(Fault::Unauthorized, "no passphrase was given");
    return secret;
}

Secret ask(const std::string& prompt, const std::string& role) {
    if (::isatty(STDIN_FILENO) == 0)
        throw Error(Fault::Unauthorized, concat("no passphrase for the ", role, " key: set ", notary_variable(role),
                                                " or ", docker_variable(role), ", or run it on a terminal"));
    const Silence silence;  // before the prompt: what is typed in answer to it is neither shown nor thrown away
    std::cerr << printable(prompt) << std::flush;
    return read_line();
}

/// ` with ID 750c4ce`, or nothing.
std::string with_id(const std::string& key_id) {
    return key_id.empty() ? std::string() : concat(" with ID ", key_id.substr(0, 7));
}

}  // namespace

Secret EnvironmentOrTerminal::existing(const std::string& role, const std::string& key_id, int attempt) {
    const auto given = from_environment(role);
    const auto known = remembered_.find(role);
    if (attempt == 0 && given) return Secret(given->value);
    if (attempt == 0 && known != remembered_.end()) return known->second.copy();
    if (given)
        throw Error(Fault::Unauthorized, concat("the passphrase in the environment does not open the ", role, " key",
                                                with_id(key_id), ": check ", given->name));
    if (attempt >= kAttempts)
        throw Error(Fault::Unauthorized, concat("no passphrase opened the ", role, " key", with_id(key_id)));
    if (attempt > 0) std::cerr << "Passphrase incorrect. Please retry.\n";
    Secret answer = ask(concat("Enter passphrase for ", role, " key", with_id(key_id), ": "), role);
    remembered_.insert_or_assign(role, answer.copy());
    return answer;
}

Secret EnvironmentOrTerminal::created(const std::string& role, const std::string& key_id) {
    if (const auto given = from_environment(role)) return Secret(given->value);
    constexpr int rounds = 12;
    for (int i = 0; i < rounds; ++i) {
        Secret first = ask(concat("Enter passphrase for new ", role, " key", with_id(key_id), ": "), role);
        if (first.expose().size() < kMinimum) {
            std::cerr << "Passphrase is too short. Please use a password manager to generate and store a good random "
                         "passphrase.\n";
            continue;
        }
        const Secret second = ask(concat("Repeat passphrase for new ", role, " key", with_id(key_id), ": "), role);
        if (constant_time_equal(first.expose(), second.expose())) {
            remembered_.insert_or_assign(role, first.copy());
            return first;
        }
        std::cerr << "Passphrases do not match. Please retry.\n";
    }
    throw Error(Fault::Unauthorized, "maximum number of passphrase attempts exceeded");
}

}  // namespace sello::client
