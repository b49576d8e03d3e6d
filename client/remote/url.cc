#include "client/remote/url.h"

#include "tuf/base/ascii.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

/// Schemes are the same in capitals (RFC 3986 section 3.1).
bool has_scheme(std::string_view text, std::string_view scheme) {
    return same_word(text.substr(0, scheme.size()), scheme);
}

}  // namespace

Url Url::parse(const std::string& text) {
    const auto refuse = [&] {
        return Error(Fault::BadConfiguration,
                     concat("Trust server url has to be in the form of http(s)://URL:PORT. Got: ", text));
    };
    Url url;
    std::string_view rest = text;
    if (has_scheme(rest, "https://")) {
        rest.remove_prefix(8);
    } else if (has_scheme(rest, "http://")) {
        url.is_tls = false;
        rest.remove_prefix(7);
    } else {
        throw refuse();
    }
    const std::size_t slash = rest.find('/');
    std::string_view authority = rest.substr(0, slash);
    if (slash != std::string_view::npos) url.prefix = rest.substr(slash);
    while (url.prefix.ends_with('/')) url.prefix.pop_back();

    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    url.port = colon == std::string_view::npos ? (url.is_tls ? "443" : "80") : authority.substr(colon + 1);
    url.host = authority.substr(0, colon);
    const bool is_bracketed = url.host.starts_with('[') && url.host.ends_with(']');
    if (is_bracketed) url.host = url.host.substr(1, url.host.size() - 2);
    const bool is_ipv6 = url.host.find(':') != std::string::npos;
    if (is_bracketed != is_ipv6 || url.host.find_first_of("[]") != std::string::npos) throw refuse();
    if (url.host.empty() || url.port.empty() || url.port.find_first_not_of("0123456789") != std::string::npos)
        throw refuse();
    return url;
}

std::string Url::host_in_url() const { return host.find(':') == std::string::npos ? host : concat("[", host, "]"); }

std::string Url::str() const { return concat(is_tls ? "https://" : "http://", host_in_url(), ":", port, prefix); }

std::string encode_path(std::string_view path) { return percent_encode(path, "-._~/!$&'()*+,;=:@"); }

}  // namespace sello::client
