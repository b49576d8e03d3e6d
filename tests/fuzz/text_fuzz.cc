// Small parsers of text; the first byte chooses which.
#include "client/remote/redirect.h"
#include "client/remote/url.h"
#include "client/tuf/metadata_directory.h"
#include "server/handlers/trust_path.h"
#include "tests/fuzz/fuzz.h"
#include "tuf/base/encoding.h"
#include "tuf/base/instant.h"
#include "tuf/base/log.h"
#include "tuf/names/gun.h"
#include "tuf/names/role_name.h"

namespace sello::fuzz {
namespace {

void check_time(const std::string& text) {
    const auto instant = parse_rfc3339(text);
    if (!instant) return;
    must(instant->nanoseconds >= 0 && instant->nanoseconds < 1'000'000'000, "nanoseconds are in range");
    (void)to_unix_date(*instant);
    (void)to_http_date(*instant);
    // An offset may reach out of the years that can be written.
    if (const auto again = parse_rfc3339(to_rfc3339(*instant))) must(*again == *instant, "a time is written as it was");
    if (text.ends_with('Z')) must(parse_rfc3339(to_rfc3339(*instant)).has_value(), "a UTC time can be read again");
}

void check_encodings(const std::string& text) {
    if (const auto bytes = from_hex(text)) must(from_hex(to_hex(*bytes)) == bytes, "hex goes there and back");
    if (const auto bytes = from_base64(text)) must(to_base64(*bytes) == text, "base64 has one spelling");
    if (const auto bytes = from_base64url(text)) must(to_base64url(*bytes) == text, "base64url has one spelling");
    must(from_hex(to_hex(text)) == text, "bytes go to hex and back");
    must(from_base64(to_base64(text)) == text, "bytes go to base64 and back");
    must(from_base64url(to_base64url(text)) == text, "bytes go to base64url and back");
    must(percent_decode(encode_segment(text)) == text, "bytes go to a path's segment and back");
}

/// Safe as a relative path.
bool stays_below(std::string_view path) {
    if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos) return false;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const auto segment = path.substr(begin, end - begin);
        if (segment.empty() || segment == "." || segment == "..") return false;
        begin = end + 1;
    }
    return true;
}

void check_names(const std::string& text) {
    (void)accepts([&] { must(stays_below(tuf::Gun(text).str()), "a GUN stays below its folder"); });
    must(tuf::is_notary_role(text) == accepts([&] { (void)tuf::notary_role(text); }), "both ask alike for role names");
    if (!tuf::is_notary_role(text)) return;
    must(stays_below(text), "a role name of Notary's stays below its folder");
    for (auto role = tuf::parent(tuf::RoleName(text)); role; role = tuf::parent(*role))
        must(role->str().size() < text.size(), "a parent's name is shorter");
}

void check_trust_path(const std::string& text) {
    if (const auto path = server::split_trust_path(text))
        must(text == concat("/v2/", path->gun, "/_trust/tuf/", path->tail), "a trust path is the sum of its parts");
    if (const auto gun = server::match_changefeed(text))
        must(text == concat("/v2/", *gun, "/_trust/changefeed"), "a changefeed's path is the sum of its parts");
    (void)server::match_current(text);
    (void)server::match_key(text);
    (void)server::match_version(text);
    const auto addressed = server::match_checksum(text);
    if (addressed) must(from_hex(std::string(addressed->checksum)).has_value(), "a checksum is hex");
}

void check_url(const std::string& text) {
    (void)accepts([&] {
        const auto url = client::Url::parse(text);
        const auto again = client::Url::parse(url.str());
        must(again.str() == url.str() && again.host == url.host && again.port == url.port,
             "a URL is written as it was");
    });
    (void)client::encode_path(text);
}

void check_redirect(const std::string& text) {
    static const auto server = client::Url::parse("https://host:4443");
    (void)accepts([&] {
        const auto to = client::follow_redirect(server, "/a/b%2Fc?d", text);
        must(to.server.is_tls && to.server.prefix.empty() && !to.server.host.empty(), "a redirect stays with TLS");
        must(to.path.starts_with('/'), "a redirect's path is one");
        for (const char c : to.path) must(c > ' ' && c < 0x7f, "a redirect does not break the line of its request");
        const auto again = client::follow_redirect(server, "/", to.server.str() + to.path);
        const auto next = client::follow_redirect(to.server, to.path, "x");
        must(next.server.str() == to.server.str() && next.path.starts_with('/') && next.path.ends_with("/x"),
             "a name stays in its folder");
        must(again.server.str() == to.server.str() && again.path == to.path, "a redirect is resolved once");
    });
}

void check_file_name(const std::string& text) {
    if (text.empty()) return;
    for (const char* suffix : {"", ".json"}) {
        const std::string name = client::safe_file_name(text, suffix);
        must(stays_below(name) && name.find('/') == std::string::npos, "a file's name stays in its folder");
        must(name.size() <= 255, "a file's name fits into a file system");
        must(name.find_first_of("?#\\ ") == std::string::npos, "what means something in a URL is encoded");
    }
}

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello::fuzz;  // NOLINT(google-build-using-namespace): the whole program
    Input input(data, size);
    const auto parser = input.choice(8);
    const std::string text = input.rest();
    switch (parser) {
        case 0: check_time(text); break;
        case 1: check_encodings(text); break;
        case 2: check_names(text); break;
        case 3: check_trust_path(text); break;
        case 4: check_url(text); break;
        case 5: (void)accepts([&] { (void)sello::log::parse_level(text); }); break;
        case 6: check_file_name(text); break;
        default: check_redirect(text); break;
    }
    return 0;
}
