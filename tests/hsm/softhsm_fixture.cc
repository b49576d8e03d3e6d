#include "tests/hsm/softhsm_fixture.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tuf/base/concat.h"

// The name is LeakSanitizer's.
// NOLINTNEXTLINE(cert-dcl37-c,cert-dcl51-cpp,bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __lsan_default_suppressions();
/// SoftHSM loses what a signature needs when its session is closed in the middle, as our fault tests do.
extern "C" const char* __lsan_default_suppressions() { return "leak:libsofthsm2.so\n"; }

namespace sello::test {
namespace fs = std::filesystem;

SoftHsmStore::SoftHsmStore() {
    const fs::path base = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    std::string pattern = (base / "sello-token-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    folder_ = pattern;
    fs::create_directory(folder_ + "/tokens");
    std::ofstream(configuration()) << "directories.tokendir = " << folder_ << "/tokens\n"
                                   << "objectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n";
    ::setenv("SOFTHSM2_CONF", configuration().c_str(), 1);
    write_secret("pin", "7391-user");
    write_secret("so-pin", "2846-officer");
}

SoftHsmStore::~SoftHsmStore() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

std::string SoftHsmStore::write_secret(const std::string& name, const std::string& content) const {
    std::string path = concat(folder_, "/", name);
    std::ofstream(path) << content << "\n";
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    return path;
}

hsm::TokenSetup SoftHsmStore::set_up(const std::string& label) const {
    hsm::Module module(kSoftHsmModule);
    return hsm::set_up_token(module,
                             {.label = label, .serial = "", .so_pin_file = so_pin_file(), .pin_file = pin_file()});
}

std::string run_command(const std::string& command) {
    FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");  // NOLINT(cert-env33-c): a shell is what it is for
    if (pipe == nullptr) throw std::runtime_error("popen failed");
    std::string output;
    std::array<char, 4096> buffer{};
    std::size_t size = 0;
    while ((size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0) output.append(buffer.data(), size);
    if (::pclose(pipe) != 0) throw std::runtime_error(concat(command, ": ", output));
    return output;
}

}  // namespace sello::test
