#include "client/table.h"

#include <algorithm>

#include "client/printable.h"

namespace sello::client {

std::string format_table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::vector<std::string>> lines{headings, {}};
    for (const std::string& heading : headings) lines[1].emplace_back(heading.size(), '-');
    for (const auto& row : rows) {
        lines.emplace_back();
        for (const std::string& cell : row) lines.back().push_back(printable(cell));
    }

    std::vector<std::size_t> widths(headings.size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    std::string out;
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            out += line[i];
            if (i + 1 < line.size()) out.append(widths[i] - line[i].size() + 4, ' ');
        }
        out += '\n';
    }
    return out;
}

}  // namespace sello::client
