#include "tuf/metadata/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>  // the library's compiled part: here and nowhere else
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "tuf/base/error.h"

namespace sello::tuf {
namespace {

using boost::json::error_code;
using Text = boost::json::string_view;

/// Builds the tree from the parser's events, so that each bound holds before the memory is taken.
class TreeBuilder {
public:
    explicit TreeBuilder(const JsonLimits& limits) : limits_(limits) {}

    void add(Json value) { (void)place(std::move(value)); }

    void key(const std::string& name) {
        // Files list their members in order, as a rule: the next one goes to the end.
        auto& members = open_.back()->get_ref<Json::object_t&>();
        const std::size_t before = members.size();
        const auto member = members.emplace_hint(members.end(), name, nullptr);
        if (members.size() == before)
            throw Error(Fault::Malformed,
                        concat("JSON: member \"", name.substr(0, 64), "\" stands twice in one object"));
        slot_ = &member->second;
        if (open_.size() == 1) in_signatures_ = name == "signatures";
    }

    void open(Json container) {
        if (open_.size() >= limits_.max_depth)
            throw Error(Fault::TooLarge, concat("JSON: nested deeper than ", limits_.max_depth));
        open_.push_back(place(std::move(container)));
    }

    void close() { open_.pop_back(); }

    Json take() { return std::move(root_); }

private:
    Json* place(Json value) {
        if (++values_ > limits_.max_values)
            throw Error(Fault::TooLarge, concat("JSON: more than ", limits_.max_values, " values"));
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        Json& container = *open_.back();
        if (container.is_object()) {
            *slot_ = std::move(value);
            return slot_;
        }
        if (in_signatures_ && open_.size() == 2 && container.size() >= limits_.max_signatures)
            throw Error(Fault::TooLarge, concat("JSON: more than ", limits_.max_signatures, " signatures"));
        container.push_back(std::move(value));
        return &container.back();
    }

    JsonLimits limits_;
    Json root_;
    std::vector<Json*> open_;  ///< containers not yet closed; an inner one never moves while it is open
    Json* slot_ = nullptr;     ///< where the value of the last key goes
    bool in_signatures_ = false;
    std::size_t values_ = 0;
};

/// The events of Boost.JSON's parser. Text may come in parts, of which the last one comes with its event.
class Events {
public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    explicit Events(const JsonLimits& limits) : tree_(limits) {}
    Json take() { return tree_.take(); }

    static bool on_document_begin(error_code& /*failure*/) { return true; }
    static bool on_document_end(error_code& /*failure*/) { return true; }
    bool on_object_begin(error_code& /*failure*/) { return tree_.open(Json::object()), true; }
    bool on_object_end(std::size_t /*members*/, error_code& /*failure*/) { return tree_.close(), true; }
    bool on_array_begin(error_code& /*failure*/) { return tree_.open(Json::array()), true; }
    bool on_array_end(std::size_t /*items*/, error_code& /*failure*/) { return tree_.close(), true; }
    bool on_key_part(Text part, std::size_t /*size*/, error_code& /*failure*/) { return append(part); }
    bool on_key(Text part, std::size_t /*size*/, error_code& /*failure*/) { return tree_.key(whole(part)), true; }
    bool on_string_part(Text part, std::size_t /*size*/, error_code& /*failure*/) { return append(part); }
    bool on_string(Text part, std::size_t /*size*/, error_code& /*failure*/) { return tree_.add(whole(part)), true; }
    bool on_number_part(Text part, error_code& /*failure*/) { return append(part); }
    bool on_int64(std::int64_t value, Text /*part*/, error_code& /*failure*/) {
        text_.clear();
        // As nlohmann tells them apart.
        return tree_.add(value < 0 ? Json(value) : Json(static_cast<std::uint64_t>(value))), true;
    }
    bool on_uint64(std::uint64_t value, Text /*part*/, error_code& /*failure*/) {
        text_.clear();
        return tree_.add(value), true;
    }
    bool on_double(double value, Text part, error_code& /*failure*/) {
        const std::string text = whole(part);
        const bool is_integer = text.find_first_of(".eE") == std::string::npos;
        if (!is_integer && !std::isfinite(value)) throw Error(Fault::Malformed, "JSON: a number out of range");
        return tree_.add(is_integer ? Json::binary(std::vector<std::uint8_t>(text.begin(), text.end())) : Json(value)),
               true;
    }
    bool on_bool(bool value, error_code& /*failure*/) { return tree_.add(value), true; }
    bool on_null(error_code& /*failure*/) { return tree_.add(nullptr), true; }
    static bool on_comment_part(Text /*part*/, error_code& /*failure*/) { return true; }
    static bool on_comment(Text /*part*/, error_code& /*failure*/) { return true; }

private:
    bool append(Text part) {
        text_.append(part.data(), part.size());
        return true;
    }
    std::string whole(Text last_part) {
        (void)append(last_part);
        return std::exchange(text_, {});
    }

    TreeBuilder tree_;
    std::string text_;
};

}  // namespace

Json parse_json(ByteView text, const JsonLimits& limits) {
    boost::json::parse_options options;  // strict: no comments, no trailing commas, valid UTF-8
    options.max_depth = limits.max_depth + 1;
    boost::json::basic_parser<Events> parser(options, limits);
    error_code failure;
    const std::size_t size = parser.write_some(false, text.data(), text.size(), failure);
    if (!failure && size < text.size()) failure = boost::json::error::extra_data;
    if (failure) throw Error(Fault::Malformed, concat("JSON: at byte ", size, ": ", failure.message()));
    return parser.handler().take();
}

bool is_long_integer(const Json& value) { return value.is_binary(); }

std::string long_integer_text(const Json& value) {
    const auto& digits = value.get_binary();
    return {digits.begin(), digits.end()};
}

}  // namespace sello::tuf
