#include "client/explanation.h"

#include <vector>

#include "client/printable.h"
#include "client/table.h"

namespace sello::client {

std::string explain(const tuf::Refusal& refusal) {
    const auto& details = refusal.details();
    std::string out;
    const auto line = [&](const std::string& label, const std::string& text) {
        if (!text.empty()) out += concat(label, std::string(10 - label.size(), ' '), printable(text), "\n");
    };
    line("check", std::string(tuf::name(details.check)));
    line("role", details.role);
    if (details.version) line("version", details.version->str());
    line("expected", details.expected);
    line("found", details.found);
    if (details.keys.empty()) return out;
    std::vector<std::vector<std::string>> rows;
    rows.reserve(details.keys.size());
    for (const tuf::KeyOutcome& key : details.keys)
        rows.push_back({key.keyid.str(), key.counted ? "yes" : "no", key.reason});
    return out + "\n" + format_table({"KEY", "COUNTED", "REASON"}, rows);
}

nlohmann::ordered_json explanation_json(const tuf::Refusal& refusal) {
    const auto& details = refusal.details();
    nlohmann::ordered_json out = {{"check", tuf::name(details.check)}};
    if (!details.role.empty()) out["role"] = details.role;
    if (details.version) out["version"] = details.version->number();
    if (!details.expected.empty()) out["expected"] = details.expected;
    if (!details.found.empty()) out["found"] = details.found;
    out["message"] = refusal.what();
    out["keys"] = nlohmann::ordered_json::array();
    for (const tuf::KeyOutcome& key : details.keys)
        out["keys"].push_back({{"keyid", key.keyid.str()}, {"counted", key.counted}, {"reason", key.reason}});
    return out;
}

}  // namespace sello::client
