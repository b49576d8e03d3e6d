#include "tuf/trust/path_match.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "tuf/crypto/digest.h"

namespace sello::tuf {
namespace {

/// Takes the first code point off `text`, which is valid UTF-8 and not empty.
char32_t take_code_point(std::string_view& text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t value = size == 1 ? first : first & (0x7fU >> size);
    for (std::size_t i = 1; i < size && i < text.size(); ++i)
        value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
    text.remove_prefix(std::min(size, text.size()));
    return value;
}

/// `[...]` at the head of `pattern`: whether it takes `c`, and takes it off. nullopt if no bracket closes it, which
/// makes the first one literal.
std::optional<bool> match_set(std::string_view& pattern, char32_t c) {
    std::string_view rest = pattern.substr(1);
    const bool negated = rest.starts_with('!');
    if (negated) rest.remove_prefix(1);
    // A bracket that comes first is a member of the set.
    const std::size_t end = rest.find(']', 1);
    if (rest.empty() || end == std::string_view::npos) return std::nullopt;
    std::string_view set = rest.substr(0, end);
    bool found = false;
    while (!set.empty()) {
        const char32_t low = take_code_point(set);
        char32_t high = low;
        if (set.size() >= 2 && set.front() == '-') {
            set.remove_prefix(1);
            high = take_code_point(set);
        }
        found = found || (low <= c && c <= high);
    }
    pattern = rest.substr(end + 1);
    return found != negated;
}

/// One step without stars: takes one code point off both. False if they differ.
bool match_one(std::string_view& pattern, std::string_view& text) {
    const char32_t c = take_code_point(text);
    if (pattern.front() == '?') {
        pattern.remove_prefix(1);
        return true;
    }
    if (pattern.front() == '[')
        if (const auto found = match_set(pattern, c)) return *found;
    return take_code_point(pattern) == c;
}

/// Linear in stars and length: a later star never needs an earlier one to be tried anew.
bool matches_part(std::string_view pattern, std::string_view text) {
    std::optional<std::string_view> after_star;
    std::string_view retry;
    while (true) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            after_star = pattern;
            retry = text;
            continue;
        }
        if (text.empty() && pattern.empty()) return true;
        if (!text.empty() && !pattern.empty() && match_one(pattern, text)) continue;
        if (!after_star || retry.empty()) return false;
        (void)take_code_point(retry);
        text = retry;
        pattern = *after_star;
    }
}

/// The part before the first slash, taken off with it; `more` says whether a slash followed.
std::string_view take_part(std::string_view& text, bool& more) {
    const std::size_t slash = text.find('/');
    more = slash != std::string_view::npos;
    const std::string_view part = text.substr(0, slash);
    text.remove_prefix(more ? slash + 1 : text.size());
    return part;
}

bool has_hash_prefix(const std::vector<std::string>& prefixes, const std::string& name) {
    const std::string hash = sha256_hex(name);
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return !prefix.empty() && hash.starts_with(prefix); });
}

}  // namespace

bool admits(const std::vector<std::string>& prefixes, const std::string& name) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return name.starts_with(prefix); });
}

bool matches_pattern(std::string_view pattern, std::string_view target_name) {
    bool more_pattern = true;
    bool more_name = true;
    while (more_pattern && more_name) {
        const std::string_view pattern_part = take_part(pattern, more_pattern);
        const std::string_view name_part = take_part(target_name, more_name);
        if (!matches_part(pattern_part, name_part)) return false;
    }
    return more_pattern == more_name;
}

bool matches(const Delegation& delegation, const std::string& target_name) {
    switch (delegation.rule) {
        case PathRule::Prefixes: return admits(delegation.paths, target_name);
        case PathRule::HashPrefixes: return has_hash_prefix(delegation.paths, target_name);
        case PathRule::Patterns: break;
    }
    return std::any_of(delegation.paths.begin(), delegation.paths.end(),
                       [&](const std::string& pattern) { return matches_pattern(pattern, target_name); });
}

}  // namespace sello::tuf
