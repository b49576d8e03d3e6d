#include "server/http/target.h"

#include <vector>

#include "tuf/base/concat.h"

namespace sello::http {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool percent_decode(std::string_view text, std::string& out) {
    out.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (text.size() - i < 3) return false;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return false;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (c == '\0') return false;
        out += c;
    }
    return true;
}

/// Drops `http://authority` of the absolute form.
std::string_view without_authority(std::string_view target) {
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos) return target;
    const auto path = target.find_first_of("/?", scheme + 3);
    if (path == std::string_view::npos || target[path] == '?') return "/";
    return target.substr(path);
}

bool stays_as_it_is(char c) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alphanumeric || std::string_view("-._~$&+,/:;=@").find(c) != std::string_view::npos;
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (stays_as_it_is(c))
            out += c;
        else
            out += concat('%', kDigits[octet >> 4U], kDigits[octet & 15U]);
    }
    return out;
}

}  // namespace

bool parse_target(std::string_view target, Request& request) {
    target = without_authority(target);
    const auto mark = target.find('?');
    if (mark != std::string_view::npos) request.query.assign(target.substr(mark + 1));
    const auto path = target.substr(0, mark);
    if (!path.starts_with('/')) return false;
    return percent_decode(path, request.path);
}

bool is_clean_path(std::string_view path) {
    for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
        const auto rest = path.substr(slash + 1);
        if (rest.starts_with('/')) return false;
        if (!rest.starts_with('.')) continue;
        const auto segment = rest.substr(0, rest.find('/'));
        if (segment == "." || segment == "..") return false;
    }
    return true;
}

bool climbs(std::string_view path) {
    for (auto at = path.find("/.."); at != std::string_view::npos; at = path.find("/..", at + 1))
        if (at + 3 == path.size() || path[at + 3] == '/') return true;
    return false;
}

std::string clean_location(const Request& request) {
    std::vector<std::string_view> kept;
    std::string_view rest = request.path;
    bool directory = true;  // whether the last segment calls for a trailing slash
    while (!rest.empty()) {
        const auto slash = rest.find('/');
        const auto segment = rest.substr(0, slash);
        rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
        directory = slash != std::string_view::npos && rest.empty();
        if (!segment.empty() && segment != ".") kept.push_back(segment);
    }
    std::string location;
    for (const auto segment : kept) location += concat('/', percent_encode(segment));
    if (location.empty() || directory) location += '/';
    if (!request.query.empty()) location += concat('?', request.query);
    return location;
}

}  // namespace sello::http
