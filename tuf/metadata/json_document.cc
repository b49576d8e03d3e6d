#include "tuf/metadata/json_document.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>  // the library's compiled part: here and nowhere else
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "tuf/base/error.h"
#include "tuf/base/mismatch.h"

namespace sello::tuf {

namespace {
using boost::json::error_code;
using Text = boost::json::string_view;

[[noreturn]] void refuse_more_than(std::size_t most, std::string_view of_what) {
    throw Mismatch(Fault::TooLarge, concat("JSON: more than ", most, " ", of_what),
                   concat(most, " ", of_what, " at most"), "more");
}
}  // namespace

/// Makes the index of the events of Boost.JSON's parser, so that each bound holds before the memory is taken. A text
/// may come in parts, of which the last one comes with its event.
class JsonIndexer {
public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    JsonIndexer(Bytes text, const JsonLimits& limits) : limits_(limits) {
        constexpr std::size_t usual_octets_a_node = 12;
        document_.text_ = std::move(text);
        document_.nodes_.reserve(std::min(document_.text_.size() / usual_octets_a_node + 1, 2 * limits.max_values));
    }

    [[nodiscard]] const Bytes& text() const { return document_.text_; }
    JsonDocument take() { return std::move(document_); }

    static bool on_document_begin(error_code& /*failure*/) { return true; }
    static bool on_document_end(error_code& /*failure*/) { return true; }
    bool on_object_begin(error_code& /*failure*/) { return open(JsonKind::Object); }
    bool on_object_end(std::size_t members, error_code& /*failure*/) {
        if (!open_.back().is_sorted) sort_members(open_.back().node);
        return close(members);
    }
    bool on_array_begin(error_code& /*failure*/) { return open(JsonKind::List); }
    bool on_array_end(std::size_t items, error_code& /*failure*/) { return close(items); }
    bool on_key_part(Text part, std::size_t /*size*/, error_code& /*failure*/) { return rewrite(part); }
    bool on_key(Text part, std::size_t /*size*/, error_code& /*failure*/) {
        add_text(JsonKind::String, part);
        Container& object = open_.back();
        const auto name = static_cast<std::uint32_t>(document_.nodes_.size() - 1);
        if (object.last_name != 0 && text_of(object.last_name) >= text_of(name)) object.is_sorted = false;
        object.last_name = name;
        if (open_.size() == 1) in_signatures_ = text_of(name) == "signatures";
        return true;
    }
    bool on_string_part(Text part, std::size_t /*size*/, error_code& /*failure*/) { return rewrite(part); }
    bool on_string(Text part, std::size_t /*size*/, error_code& /*failure*/) {
        count_value();
        return add_text(JsonKind::String, part);
    }
    bool on_number_part(Text part, error_code& /*failure*/) { return rewrite(part); }
    bool on_int64(std::int64_t /*value*/, Text part, error_code& /*failure*/) {
        count_value();
        return add_text(JsonKind::Integer, part);
    }
    bool on_uint64(std::uint64_t /*value*/, Text part, error_code& /*failure*/) {
        count_value();
        return add_text(JsonKind::Integer, part);
    }
    bool on_double(double value, Text part, error_code& /*failure*/) {
        count_value();
        add_text(JsonKind::Real, part);
        const auto node = static_cast<std::uint32_t>(document_.nodes_.size() - 1);
        if (text_of(node).find_first_of(".eE") == std::string_view::npos)
            document_.nodes_[node].kind = JsonKind::Integer;
        else if (!std::isfinite(value))
            throw Mismatch(Fault::Malformed, "JSON: a number out of range", "numbers in range", head(text_of(node)));
        return true;
    }
    bool on_bool(bool value, error_code& /*failure*/) {
        count_value();
        return add({0, value ? 1U : 0U, 1, JsonKind::Boolean, false});
    }
    bool on_null(error_code& /*failure*/) {
        count_value();
        return add({0, 0, 1, JsonKind::Null, false});
    }
    static bool on_comment_part(Text /*part*/, error_code& /*failure*/) { return true; }
    static bool on_comment(Text /*part*/, error_code& /*failure*/) { return true; }

private:
    /// A list or object not yet closed.
    struct Container {
        std::uint32_t node;
        std::uint32_t last_name;  ///< 0 before the first
        std::uint32_t items;      ///< of a list
        bool is_sorted;
    };

    [[nodiscard]] std::string_view text_of(std::uint32_t node) const { return JsonView(document_, node).text(); }

    void count_value() {
        if (++document_.values_ > limits_.max_values) refuse_more_than(limits_.max_values, "values");
        if (!in_signatures_ || open_.size() != 2) return;
        if (open_.back().items++ >= limits_.max_signatures) refuse_more_than(limits_.max_signatures, "signatures");
    }

    bool add(JsonDocument::Node node) {
        document_.nodes_.push_back(node);
        return true;
    }

    bool rewrite(Text part) {
        document_.rewritten_.append(part.data(), part.size());
        return true;
    }

    /// A text that is not as it was written goes to `rewritten_`.
    bool add_text(JsonKind kind, Text last_part) {
        const char* const begin = document_.text_.data();
        const bool stands_there = document_.rewritten_.size() == rewritten_end_ && last_part.data() >= begin &&
                                  last_part.data() + last_part.size() <= begin + document_.text_.size();
        if (stands_there)
            return add({static_cast<std::uint32_t>(last_part.data() - begin),
                        static_cast<std::uint32_t>(last_part.size()), 1, kind, false});
        (void)rewrite(last_part);
        const std::size_t from = std::exchange(rewritten_end_, document_.rewritten_.size());
        return add(
            {static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(rewritten_end_ - from), 1, kind, true});
    }

    bool open(JsonKind kind) {
        count_value();
        if (open_.size() >= limits_.max_depth) refuse_more_than(limits_.max_depth, "levels");
        open_.push_back({static_cast<std::uint32_t>(document_.nodes_.size()), 0, 0, true});
        return add({0, 0, 1, kind, false});
    }

    bool close(std::size_t size) {
        JsonDocument::Node& node = document_.nodes_[open_.back().node];
        node.size = static_cast<std::uint32_t>(size);
        node.span = static_cast<std::uint32_t>(document_.nodes_.size()) - open_.back().node;
        open_.pop_back();
        return true;
    }

    /// Of the object at `node`, which is the last thing in the index.
    void sort_members(std::uint32_t node) {
        auto& nodes = document_.nodes_;
        std::vector<std::uint32_t> names;
        for (std::uint32_t name = node + 1; name < nodes.size(); name += 1 + nodes[name + 1].span)
            names.push_back(name);
        std::sort(names.begin(), names.end(), [&](auto a, auto b) { return text_of(a) < text_of(b); });
        const auto twice =
            std::adjacent_find(names.begin(), names.end(), [&](auto a, auto b) { return text_of(a) == text_of(b); });
        if (twice != names.end())
            throw Mismatch(Fault::Malformed,
                           concat("JSON: member \"", head(text_of(*twice)), "\" stands twice in one object"),
                           "each member once", concat(head(text_of(*twice)), " twice"));
        std::vector<JsonDocument::Node> sorted;
        sorted.reserve(nodes.size() - node - 1);
        for (const std::uint32_t name : names)
            sorted.insert(sorted.end(), nodes.begin() + name, nodes.begin() + name + 1 + nodes[name + 1].span);
        std::copy(sorted.begin(), sorted.end(), nodes.begin() + node + 1);
    }

    JsonLimits limits_;
    JsonDocument document_;
    std::vector<Container> open_;
    std::size_t rewritten_end_ = 0;  ///< of the last whole text in `rewritten_`
    bool in_signatures_ = false;
};

JsonDocument JsonDocument::parse(Bytes text, const JsonLimits& limits) {
    if (text.size() > std::numeric_limits<std::uint32_t>::max())
        throw Mismatch(Fault::TooLarge, "JSON: more than 4 GiB", "4 GiB at most", concat(text.size(), " bytes"));
    boost::json::parse_options options;  // strict: no comments, no trailing commas, valid UTF-8
    options.max_depth = limits.max_depth + 1;
    boost::json::basic_parser<JsonIndexer> parser(options, std::move(text), limits);
    const Bytes& from = parser.handler().text();
    error_code failure;
    const std::size_t size = parser.write_some(false, from.data(), from.size(), failure);
    if (!failure && size < from.size()) failure = boost::json::error::extra_data;
    if (failure)
        throw Mismatch(Fault::Malformed, concat("JSON: at byte ", size, ": ", failure.message()), "JSON",
                       concat("at byte ", size, ": ", failure.message()));
    return parser.handler().take();
}

std::optional<JsonView> JsonView::find(std::string_view name) const {
    if (!is_object()) return std::nullopt;
    for (const auto& member : members())
        if (member.name == name) return member.value;
    return std::nullopt;
}

namespace {

/// What 64 bits hold as such, what they do not as binary.
Json integer_tree(std::string_view digits) {
    const auto parsed = [&](auto value) {
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return failure == std::errc() ? Json(value) : Json::binary({digits.begin(), digits.end()});
    };
    if (digits == "-0") return std::uint64_t{0};
    return digits.starts_with('-') ? parsed(std::int64_t{}) : parsed(std::uint64_t{});
}

}  // namespace

Json JsonView::tree() const {
    switch (kind()) {
        case JsonKind::Boolean: return boolean();
        case JsonKind::Integer: return integer_tree(text());
        case JsonKind::Real: return std::strtod(std::string(text()).c_str(), nullptr);
        case JsonKind::String: return std::string(text());
        case JsonKind::List: {
            Json::array_t out;
            for (const JsonView item : items()) out.push_back(item.tree());
            return out;
        }
        case JsonKind::Object: {
            Json::object_t out;
            for (const auto& [name, value] : members()) out.emplace_hint(out.end(), name, value.tree());
            return out;
        }
        case JsonKind::Null: break;
    }
    return nullptr;
}

}  // namespace sello::tuf
