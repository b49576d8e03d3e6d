#include "server/handlers/changefeed.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "server/handlers/notary_error.h"

namespace sello::server {
namespace {

using nlohmann::json;

/// Of one answer; who wants more asks again from the last change on.
constexpr std::int32_t kMaxRecords = 10'000;

/// The value of `name` in a query string, as sent; empty if it is not there.
std::string_view parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
            return pair.substr(name.size() + 1);
    }
    return {};
}

enum class Parsed { Good, Syntax, Range };

Parsed parse_int32(std::string_view text, std::int32_t& out) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (fault == std::errc::result_out_of_range) return Parsed::Range;
    return fault == std::errc() && end == text.data() + text.size() ? Parsed::Good : Parsed::Syntax;
}

std::int64_t read_records(std::string_view text) {
    std::int32_t records = 0;
    const Parsed parsed = parse_int32(text, records);
    if (parsed == Parsed::Good) return records == 0 ? 100 : std::clamp(records, -kMaxRecords, kMaxRecords);
    const std::string shown(text.substr(0, 64));
    throw NotaryError(codes::kInvalidParameters, Fault::Malformed, "changefeed: bad `records`",
                      concat("invalid records parameter: strconv.ParseInt: parsing ",
                             json(shown).dump(-1, ' ', true, json::error_handler_t::replace), ": ",
                             parsed == Parsed::Range ? "value out of range" : "invalid syntax"));
}

std::int64_t read_change_id(std::string_view text) {
    std::int32_t change_id = 0;
    if (text.empty() || parse_int32(text, change_id) == Parsed::Good) return change_id;
    throw NotaryError(codes::kInvalidParameters, Fault::Malformed, "changefeed: bad `change_id`", json::object());
}

nlohmann::ordered_json to_json(const Change& change) {
    return {{"ID", std::to_string(change.id)},
            {"CreatedAt", to_rfc3339(change.created_at)},
            {"GUN", change.gun},
            {"Version", change.version},
            {"SHA256", change.sha256_hex},
            {"Category", change.category}};
}

}  // namespace

http::Response get_changefeed(MetadataStore& store, const std::optional<tuf::Gun>& gun, const http::Request& request) {
    const ChangeQuery query{gun, read_change_id(parameter(request.query, "change_id")),
                            read_records(parameter(request.query, "records"))};
    nlohmann::ordered_json records = nlohmann::ordered_json::array();
    for (const Change& change : store.changes(query)) records.push_back(to_json(change));
    const nlohmann::ordered_json body = {{"count", records.size()}, {"records", std::move(records)}};
    return {200,
            {{"Content-Type", "text/plain; charset=utf-8"}},
            std::make_shared<const std::string>(body.dump(-1, ' ', false, json::error_handler_t::replace))};
}

}  // namespace sello::server
