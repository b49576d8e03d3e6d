#include "server/http/target.h"

#include <utility>
#include <vector>

#include "tuf/base/concat.h"
#include "tuf/base/encoding.h"

namespace sello::http {
namespace {

/// Drops `http://authority` of the absolute form.
std::string_view without_authority(std::string_view target) {
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos) return target;
    const auto path = target.find_first_of("/?", scheme + 3);
    if (path == std::string_view::npos || target[path] == '?') return "/";
    return target.substr(path);
}

/// What Go leaves as it is in a path.
constexpr std::string_view kUnescaped = "-._~$&+,/:;=@";

}  // namespace

bool parse_target(std::string_view target, Request& request) {
    target = without_authority(target);
    const auto mark = target.find('?');
    if (mark != std::string_view::npos) request.query.assign(target.substr(mark + 1));
    const auto path = target.substr(0, mark);
    if (!path.starts_with('/')) return false;
    auto decoded = percent_decode(path);
    if (!decoded || decoded->find('\0') != std::string::npos) return false;
    request.path = std::move(*decoded);
    return true;
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
    for (const auto segment : kept) location += concat('/', percent_encode(segment, kUnescaped));
    if (location.empty() || directory) location += '/';
    if (!request.query.empty()) location += concat('?', request.query);
    return location;
}

}  // namespace sello::http
