#include "tuf/base/config.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "tuf/base/error.h"

namespace sello {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& where, const std::string& wanted, const json& got) {
    throw Error(Fault::BadConfiguration, concat(where, ": want ", wanted, ", got ", got.dump().substr(0, 80)));
}

std::shared_ptr<const json> parse_object(const std::string& text, const std::string& subject) {
    try {
        auto value = std::make_shared<const json>(json::parse(text));
        if (!value->is_object()) throw Error(Fault::BadConfiguration, concat(subject, ": want a JSON object"));
        return value;
    } catch (const json::exception& e) {
        throw Error(Fault::BadConfiguration, concat(subject, ": not JSON: ", e.what()));
    }
}

}  // namespace

ConfigObject::ConfigObject(std::shared_ptr<const json> value, std::string where, std::string folder)
    : value_(std::move(value)), where_(std::move(where)), folder_(std::move(folder)) {}

ConfigObject ConfigObject::from_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(Fault::BadConfiguration, concat("configuration file ", path, ": cannot be opened"));
    std::ostringstream text;
    text << file.rdbuf();
    return {parse_object(text.str(), concat("configuration file ", path)), "",
            std::filesystem::path(path).parent_path().string()};
}

ConfigObject ConfigObject::from_text(const std::string& text) { return {parse_object(text, "configuration"), "", ""}; }

bool ConfigObject::has(const std::string& key) const { return value_->contains(key); }

const json* ConfigObject::find(const std::string& key) {
    known_.insert(key);
    const auto it = value_->find(key);
    return it == value_->end() ? nullptr : &*it;
}

std::string ConfigObject::where(const std::string& key) const {
    return where_.empty() ? key : concat(where_, ".", key);
}

std::string ConfigObject::string(const std::string& key) {
    const json* value = find(key);
    if (value == nullptr) throw Error(Fault::BadConfiguration, concat(where(key), ": required, and missing"));
    if (!value->is_string()) refuse(where(key), "a string", *value);
    return value->get<std::string>();
}

std::string ConfigObject::string_or(const std::string& key, const std::string& fallback) {
    return has(key) ? string(key) : (known_.insert(key), fallback);
}

std::int64_t ConfigObject::integer_or(const std::string& key, std::int64_t fallback, std::int64_t low,
                                      std::int64_t high) {
    const json* value = find(key);
    if (value == nullptr) return fallback;
    const std::string wanted = concat(low, "..", high);
    if (!value->is_number_integer()) refuse(where(key), wanted, *value);
    const auto number = value->get<std::int64_t>();
    if (number < low || number > high) refuse(where(key), wanted, *value);
    return number;
}

bool ConfigObject::boolean_or(const std::string& key, bool fallback) {
    const json* value = find(key);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) refuse(where(key), "true or false", *value);
    return value->get<bool>();
}

std::vector<std::string> ConfigObject::strings_or(const std::string& key, std::vector<std::string> fallback) {
    const json* value = find(key);
    if (value == nullptr) return fallback;
    if (!value->is_array()) refuse(where(key), "a list of strings", *value);
    std::vector<std::string> out;
    for (const json& item : *value) {
        if (!item.is_string()) refuse(where(key), "a list of strings", *value);
        out.push_back(item.get<std::string>());
    }
    return out;
}

std::string ConfigObject::path(const std::string& key) {
    const std::filesystem::path given = string(key);
    return given.is_absolute() ? given.string() : (std::filesystem::path(folder_) / given).string();
}

std::string ConfigObject::path_or_empty(const std::string& key) {
    known_.insert(key);
    return has(key) ? path(key) : std::string();
}

ConfigObject& ConfigObject::object(const std::string& key) {
    const json* value = find(key);
    if (value != nullptr && !value->is_object()) refuse(where(key), "an object", *value);
    auto& child = children_[key];
    if (!child) {
        auto content = std::make_shared<const json>(value == nullptr ? json::object() : *value);
        child.reset(new ConfigObject(std::move(content), where(key), folder_));
    }
    return *child;
}

std::vector<std::string> ConfigObject::keys() const {
    std::vector<std::string> out;
    for (const auto& [key, value] : value_->items()) out.push_back(key);
    return out;
}

void ConfigObject::finish() const {
    for (const auto& [key, value] : value_->items())
        if (!known_.contains(key)) throw Error(Fault::BadConfiguration, concat(where(key), ": unknown key"));
    for (const auto& [key, child] : children_) child->finish();
}

}  // namespace sello
