#include "client/remote/redirect.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "tuf/base/ascii.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

/// A reference's parts, RFC 3986 section 4.1; the fragment, which is not sent, is left out.
struct Reference {
    std::optional<std::string> scheme;
    std::optional<std::string> authority;
    std::string path;
    std::string query;  ///< with its `?`
};

bool is_scheme(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
               c == '.';
    });
}

Reference split(std::string_view text) {
    Reference out;
    text = text.substr(0, text.find('#'));
    if (const auto colon = text.find(':'); colon != std::string_view::npos && is_scheme(text.substr(0, colon))) {
        out.scheme = lower_case(text.substr(0, colon));
        text.remove_prefix(colon + 1);
    }
    if (text.starts_with("//")) {
        text.remove_prefix(2);
        const auto end = std::min(text.find_first_of("/?"), text.size());
        out.authority = text.substr(0, end);
        text.remove_prefix(end);
    }
    const auto mark = std::min(text.find('?'), text.size());
    out.path = text.substr(0, mark);
    out.query = text.substr(mark);
    return out;
}

/// Without `.` and `..` segments. Source: RFC 3986 section 5.2.4.
std::string without_dots(std::string_view path) {
    std::string out;
    for (std::size_t begin = 1; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view segment = path.substr(begin, end - begin);
        const bool is_last = end == path.size();
        if (segment == "..") out.resize(out.empty() ? 0 : out.rfind('/'));
        const bool is_dots = segment == "." || segment == "..";
        if (!is_dots) out += concat("/", segment);
        if (is_dots && is_last) out += '/';
        begin = end + 1;
    }
    return out.empty() ? "/" : out;
}

}  // namespace

Redirect follow_redirect(const Url& server, const std::string& path, const std::string& location) {
    const auto refuse = [&](Fault fault, std::string_view reason) {
        return Error(fault, concat(server.str(), path, ": redirects to ", reason, ": ", location));
    };
    const bool is_printable =
        std::all_of(location.begin(), location.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    const Reference to = split(location);
    const bool is_http = to.scheme ? to.authority && (*to.scheme == "https" || *to.scheme == "http") : true;
    if (!is_printable || !is_http) throw refuse(Fault::Unavailable, "what is no https:// or http:// URL");
    if (server.is_tls && to.scheme == "http") throw refuse(Fault::Untrusted, "plain text, away from TLS");

    if (to.authority) {
        const std::string scheme = to.scheme.value_or(server.is_tls ? "https" : "http");
        std::string host = to.authority->substr(to.authority->rfind('@') + 1);
        if (host.ends_with(':')) host.pop_back();  // the scheme's port, as without it
        try {
            return {Url::parse(concat(scheme, "://", host)), without_dots(to.path) + to.query};
        } catch (const Error&) {
            throw refuse(Fault::Unavailable, "what is no https:// or http:// URL");
        }
    }
    const std::string from = path.substr(0, path.find('?'));
    if (to.path.empty()) return {server, to.query.empty() ? path : from + to.query};
    const std::string folder = to.path.starts_with('/') ? "" : from.substr(0, from.rfind('/') + 1);
    return {server, without_dots(folder + to.path) + to.query};
}

}  // namespace sello::client
