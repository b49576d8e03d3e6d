#include "tuf/metadata/json.h"

#include <utility>
#include <vector>

#include "tuf/base/error.h"

namespace sello::tuf {
namespace {

/// Builds the tree from parser events, so that each bound holds before the memory is taken.
class TreeBuilder final : public nlohmann::json_sax<Json> {
public:
    explicit TreeBuilder(const JsonLimits& limits) : limits_(limits) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t& text) override {
        if (text.find_first_of(".eE") != string_t::npos) return add(value);
        return add(Json::binary(std::vector<std::uint8_t>(text.begin(), text.end())));
    }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*elements*/) override { return open(Json::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t /*elements*/) override { return open(Json::array()); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        // Files list their members in order, as a rule: the next one goes to the end.
        auto& members = open_.back()->get_ref<Json::object_t&>();
        const std::size_t before = members.size();
        const auto member = members.emplace_hint(members.end(), name, nullptr);
        if (members.size() == before)
            throw Error(Fault::Malformed,
                        concat("JSON: member \"", name.substr(0, 64), "\" stands twice in one object"));
        slot_ = &member->second;
        if (open_.size() == 1) in_signatures_ = name == "signatures";
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const nlohmann::detail::exception& e) override {
        throw Error(Fault::Malformed, concat("JSON: at byte ", position, ": ", reason(e.what())));
    }

    Json take() { return std::move(root_); }

private:
    /// nlohmann's text without its own prefix and position; bounded, since it may quote the input.
    static std::string reason(const std::string& text) {
        const std::size_t colon = text.find(": ");
        return text.substr(colon == std::string::npos ? 0 : colon + 2, 160);
    }

    template <class Value>
    bool add(Value&& value) {
        place(Json(std::forward<Value>(value)));
        return true;
    }

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

    bool open(Json container) {
        if (open_.size() >= limits_.max_depth)
            throw Error(Fault::TooLarge, concat("JSON: nested deeper than ", limits_.max_depth));
        open_.push_back(place(std::move(container)));
        return true;
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    JsonLimits limits_;
    Json root_;
    std::vector<Json*> open_;  ///< containers not yet closed; an inner one never moves while it is open
    Json* slot_ = nullptr;     ///< where the value of the last key goes
    bool in_signatures_ = false;
    std::size_t values_ = 0;
};

}  // namespace

Json parse_json(ByteView text, const JsonLimits& limits) {
    // nlohmann takes a NUL for the end of the text and never looks at what follows.
    if (text.find('\0') != ByteView::npos) throw Error(Fault::Malformed, "JSON: NUL byte");
    TreeBuilder builder(limits);
    if (!Json::sax_parse(text.begin(), text.end(), &builder)) throw Error(Fault::Malformed, "JSON: cannot be parsed");
    return builder.take();
}

bool is_long_integer(const Json& value) { return value.is_binary(); }

std::string long_integer_text(const Json& value) {
    const auto& digits = value.get_binary();
    return {digits.begin(), digits.end()};
}

}  // namespace sello::tuf
