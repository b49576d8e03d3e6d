#include "server/http/multipart.h"

#include <algorithm>

#include "tuf/base/ascii.h"
#include "tuf/base/error.h"

namespace sello::http {

namespace {

constexpr std::size_t kMaxPartHeaders = 16U << 10U;  // bytes
constexpr std::size_t kMaxBoundary = 70;             // RFC 2046 section 5.1.1

[[noreturn]] void malformed(std::string_view what) { throw Error(Fault::Malformed, concat("multipart: ", what)); }

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// A quoted string's text; `rest` starts after the opening quote and is moved past the closing one. A backslash is an
/// escape only before a quote or a backslash, since some browsers send bare ones.
std::string take_quoted(std::string_view& rest) {
    std::string text;
    while (!rest.empty()) {
        const char c = rest.front();
        rest.remove_prefix(1);
        if (c == '"') return text;
        const bool escape = c == '\\' && !rest.empty() && (rest.front() == '"' || rest.front() == '\\');
        text += escape ? rest.front() : c;
        if (escape) rest.remove_prefix(1);
    }
    malformed("a quoted string does not end");
}

/// The value of a parameter of a header like `form-data; name="files"; filename="root"`; nullopt if it has none.
std::optional<std::string> parameter(std::string_view header, std::string_view wanted) {
    const auto start = header.find(';');
    std::string_view rest = start == std::string_view::npos ? std::string_view() : header.substr(start);
    while (!rest.empty()) {
        if (rest.front() == ';' || is_blank(rest.front())) {
            rest.remove_prefix(1);
            continue;
        }
        const auto end = rest.find_first_of("=;");
        const auto name = trim(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
        if (!rest.starts_with('=')) continue;
        rest = trim(rest.substr(1));
        std::string value;
        if (rest.starts_with('"')) {
            rest.remove_prefix(1);
            value = take_quoted(rest);
        } else {
            const auto value_end = rest.find(';');
            value = trim(rest.substr(0, value_end));
            rest = value_end == std::string_view::npos ? std::string_view() : rest.substr(value_end);
        }
        if (same_word(name, wanted)) return value;
    }
    return std::nullopt;
}

std::string boundary_of(std::string_view content_type) {
    const auto type = trim(content_type.substr(0, content_type.find(';')));
    const auto slash = type.find('/');
    if (slash == std::string_view::npos || !same_word(type.substr(0, slash), "multipart"))
        malformed("want a multipart content type");
    auto boundary = parameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) malformed("want a boundary of 1..70 bytes");
    return *std::move(boundary);
}

/// Moves past one line and gives it without its end (CRLF, or a bare LF).
std::string_view take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) malformed("the body is cut off");
    auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// Moves past a part's headers and the blank line; the filename is the only thing of interest in them.
std::optional<std::string> take_headers(std::string_view& rest) {
    const auto limit = rest.size();
    std::optional<std::string> filename;
    while (true) {
        const auto line = take_line(rest);
        if (limit - rest.size() > kMaxPartHeaders)
            throw Error(Fault::TooLarge, "multipart: a part's headers are too long");
        if (line.empty()) return filename;
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) malformed("a part's header has no colon");
        if (same_word(trim(line.substr(0, colon)), "content-disposition"))
            filename = parameter(line.substr(colon + 1), "filename");
    }
}

/// Moves past the blanks and the line end that follow a boundary. True if it was the closing one.
bool take_boundary_end(std::string_view& rest) {
    if (rest.starts_with("--")) return true;
    if (!trim(take_line(rest)).empty()) malformed("text after a boundary");
    return false;
}

}  // namespace

std::vector<Part> parse_multipart(std::string_view content_type, ByteView body, std::size_t max_parts) {
    const auto delimiter = concat("\r\n--", boundary_of(content_type));
    const auto opening = std::string_view(delimiter).substr(2);
    if (body.empty()) malformed("the body is empty");

    std::string_view rest = body;
    if (rest.starts_with(opening)) {
        rest.remove_prefix(opening.size());
    } else {  // a preamble, to be ignored
        const auto first = rest.find(delimiter);
        if (first == std::string_view::npos) malformed("the body has no boundary");
        rest.remove_prefix(first + delimiter.size());
    }
    std::vector<Part> parts;
    while (!take_boundary_end(rest)) {
        if (parts.size() == max_parts)
            throw Error(Fault::TooLarge, concat("multipart: more than ", max_parts, " parts"));
        auto filename = take_headers(rest);
        // A part without content ends with the line end of its headers.
        const bool is_empty = rest.starts_with(opening);
        const auto end = is_empty ? 0 : rest.find(delimiter);
        if (end == std::string_view::npos) malformed("the closing boundary is missing");
        parts.push_back({std::move(filename), rest.substr(0, end)});
        rest.remove_prefix(end + (is_empty ? opening.size() : delimiter.size()));
    }
    return parts;
}

}  // namespace sello::http
