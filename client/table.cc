#include "client/table.h"

#include <algorithm>

#include "client/printable.h"

namespace sello::client {
namespace {

/// Characters, not bytes: those that UTF-8 does not continue.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string format_table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::vector<std::string>> lines{headings, {}};
    for (const std::string& heading : headings) lines[1].emplace_back(heading.size(), '-');
    for (const auto& row : rows) {
        lines.emplace_back();
        for (const std::string& cell : row) lines.back().push_back(printable(cell));
    }

    std::vector<std::size_t> widths(headings.size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
    std::string out;
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            out += line[i];
            if (i + 1 < line.size()) out.append(widths[i] - width(line[i]) + 4, ' ');
        }
        out += '\n';
    }
    return out;
}

}  // namespace sello::client
