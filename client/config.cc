#include "client/config.h"

#include <cstdlib>
#include <utility>

#include "tuf/base/ascii.h"
#include "tuf/base/config.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::filesystem::path home() {
    const std::string folder = environment("HOME");
    return folder.empty() ? std::filesystem::path(".") : std::filesystem::path(folder);
}

std::filesystem::path expand_home(const std::string& path) {
    return path.starts_with("~/") ? home() / path.substr(2) : std::filesystem::path(path);
}

/// Notary reads the names of all members in lower case, so that a pin for `Example/App` is one for `example/app` there
/// and none for `Example/App`. Here it is one for both: more is pinned, and never less.
template <class Pins>
void add_lower_case_names(Pins& pins) {
    const Pins as_written = pins;
    for (const auto& [gun, pin] : as_written) pins.emplace(lower_case(gun), pin);
}

void read_pinning(ConfigObject& pinning, tuf::TrustPinning& out) {
    out.trust_on_first_use = !pinning.boolean_or("disable_tofu", false);
    ConfigObject& certificates = pinning.object("certs");
    for (const std::string& gun : certificates.keys()) out.certificates[gun] = certificates.strings_or(gun, {});
    ConfigObject& authorities = pinning.object("ca");
    for (const std::string& prefix : authorities.keys()) out.authorities[prefix] = {authorities.path(prefix), {}};
    add_lower_case_names(out.certificates);
    add_lower_case_names(out.authorities);
}

void read_members(ConfigObject file, ClientConfig& out) {
    if (file.has("trust_dir")) out.trust_directory = expand_home(file.string("trust_dir"));
    ConfigObject& server = file.object("remote_server");
    out.server = server.string_or("url", "");
    out.tls.ca_file = server.path_or_empty("root_ca");
    out.tls.certificate_file = server.path_or_empty("tls_client_cert");
    out.tls.key_file = server.path_or_empty("tls_client_key");
    out.tls.skip_verification = server.boolean_or("skipTLSVerify", false);
    read_pinning(file.object("trust_pinning"), out.pinning);
    file.finish();
}

/// What is wrong inside is told with the file's name, since nobody named it on the command line.
void read_file(const std::string& path, ClientConfig& out) {
    ConfigObject file = ConfigObject::from_file(path);
    try {
        read_members(std::move(file), out);
    } catch (const Error& e) {
        throw Error(e.fault(), concat("configuration file ", path, ": ", e.what()));
    }
}

void prefer(std::string& value, const std::string& flag) {
    if (!flag.empty()) value = flag;
}

}  // namespace

ClientConfig read_config(const GlobalFlags& flags) {
    ClientConfig out;
    out.trust_directory = home() / ".notary";
    const std::filesystem::path standard = home() / ".notary" / "config.json";
    if (!flags.config_file.empty())
        read_file(flags.config_file, out);
    else if (std::filesystem::exists(standard))
        read_file(standard, out);

    if (out.server.empty()) out.server = environment("DOCKER_CONTENT_TRUST_SERVER");
    if (out.server.empty()) out.server = "https://notary-server:4443";
    prefer(out.server, flags.server);
    if (!flags.trust_directory.empty()) out.trust_directory = flags.trust_directory;
    prefer(out.tls.ca_file, flags.tls.ca_file);
    prefer(out.tls.certificate_file, flags.tls.certificate_file);
    prefer(out.tls.key_file, flags.tls.key_file);
    return out;
}

}  // namespace sello::client
