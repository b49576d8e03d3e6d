// Which target names a delegation is for: a pattern on a line and the name. Both may be any bytes.
#include <optional>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.h"
#include "tuf/crypto/digest.h"
#include "tuf/trust/path_match.h"

namespace sello::fuzz {
namespace {

/// Its code points; nullopt for what is not UTF-8, and so in no document.
std::optional<std::u32string> code_points(const std::string& text) {
    try {
        (void)tuf::Json(text).dump();
    } catch (const tuf::Json::exception&) {
        return std::nullopt;
    }
    std::u32string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < 0x80)
            out += octet;
        else if (octet >= 0xc0)
            out += octet & (octet < 0xe0 ? 0x1fU : octet < 0xf0 ? 0x0fU : 0x07U);
        else
            out.back() = out.back() << 6U | (octet & 0x3fU);
    }
    return out;
}

/// The same by a table of all heads of both, for patterns of literals, `*` and `?`.
bool matches_by_table(const std::u32string& pattern, const std::u32string& name) {
    std::vector<bool> row(name.size() + 1, false);
    row[0] = true;
    for (const char32_t wanted : pattern) {
        std::vector<bool> next(name.size() + 1, false);
        next[0] = wanted == U'*' && row[0];
        for (std::size_t i = 0; i < name.size(); ++i) {
            const bool crosses = name[i] == U'/';
            if (wanted == U'*')
                next[i + 1] = row[i + 1] || (next[i] && !crosses);
            else
                next[i + 1] = row[i] && (wanted == name[i] || (wanted == U'?' && !crosses));
        }
        row = std::move(next);
    }
    return row.back();
}

void check_pattern(const std::string& pattern, const std::string& name) {
    const bool matches = tuf::matches_pattern(pattern, name);
    if (matches)
        must(std::count(pattern.begin(), pattern.end(), '/') == std::count(name.begin(), name.end(), '/'),
             "no wildcard crosses a slash");
    const auto wanted = code_points(pattern);
    const auto given = code_points(name);
    if (wanted && given && pattern.find('[') == std::string::npos)
        must(matches == matches_by_table(*wanted, *given), "a pattern matches what a table says");
    if (wanted && given && pattern.find_first_of("*?[") == std::string::npos)
        must(matches == (pattern == name), "a literal matches itself only");
    const tuf::Delegation delegation{tuf::RoleName("a"), {}, {pattern}, tuf::PathRule::Patterns, false};
    must(tuf::matches(delegation, name) == matches, "a delegation matches as its pattern does");
}

void check_hashes(const std::string& prefix, const std::string& name) {
    const tuf::Delegation delegation{tuf::RoleName("a"), {}, {prefix}, tuf::PathRule::HashPrefixes, false};
    const bool begins = !prefix.empty() && tuf::sha256_hex(name).substr(0, prefix.size()) == prefix;
    must(tuf::matches(delegation, name) == begins, "a hash prefix begins the name's hash");
    for (std::int64_t bits = 1; bits <= 32; ++bits) {
        const tuf::SuccinctRoles bins{{}, bits, "bin"};
        must(bins.is_bin(bins.bin_of(name)), "every name has a bin");
    }
    const tuf::SuccinctRoles bins{{}, 4, "bin"};
    if (!name.empty() && name.size() <= 1024 && bins.is_bin(tuf::RoleName(name)))
        must(name.size() == 5 && name.starts_with("bin-"), "a bin is of its own bits");
}

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    sello::fuzz::Input input(data, size);
    const std::string pattern = input.line();
    const std::string name = input.rest();
    sello::fuzz::check_pattern(pattern, name);
    sello::fuzz::check_hashes(pattern, name);
    return 0;
}
