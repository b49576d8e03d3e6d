#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace sello::server {

/// The collections that this server is for: those whose name begins with one of these; all, if there are none.
class GunPrefixes {
public:
    explicit GunPrefixes(std::vector<std::string> prefixes) : prefixes_(std::move(prefixes)) {}

    [[nodiscard]] bool admit(std::string_view gun) const {
        return prefixes_.empty() || std::any_of(prefixes_.begin(), prefixes_.end(),
                                                [&](const std::string& prefix) { return gun.starts_with(prefix); });
    }
    /// All of them, with blanks between.
    [[nodiscard]] std::string str() const {
        std::string out;
        for (const std::string& prefix : prefixes_) out += (out.empty() ? "" : " ") + prefix;
        return out;
    }

private:
    std::vector<std::string> prefixes_;
};

}  // namespace sello::server
