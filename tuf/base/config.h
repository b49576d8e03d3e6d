#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sello {

/// Typed reads of one JSON object. A fault names the key's path: `storage.pool_size: want 1..64, got 0`.
/// Reading a key marks it as known; finish() refuses the keys that nobody read, so that a typo stops the start.
/// Every read throws Error(Fault::BadConfiguration) on a value of the wrong shape.
class ConfigObject {
public:
    /// Parses a file. Comments are not JSON. Throws Error(Fault::BadConfiguration) naming the file and the position.
    [[nodiscard]] static ConfigObject from_file(const std::string& path);
    [[nodiscard]] static ConfigObject from_text(const std::string& text);

    [[nodiscard]] bool has(const std::string& key) const;
    [[nodiscard]] std::string string(const std::string& key);
    [[nodiscard]] std::string string_or(const std::string& key, const std::string& fallback);
    [[nodiscard]] std::int64_t integer_or(const std::string& key, std::int64_t fallback, std::int64_t low,
                                          std::int64_t high);
    [[nodiscard]] bool boolean_or(const std::string& key, bool fallback);
    [[nodiscard]] std::vector<std::string> strings_or(const std::string& key, std::vector<std::string> fallback);
    /// A path; relative ones are taken from the configuration file's folder. Empty if the key is absent.
    [[nodiscard]] std::string path_or_empty(const std::string& key);
    [[nodiscard]] std::string path(const std::string& key);
    /// A nested object; an empty one if the key is absent. It is checked together with its parent.
    [[nodiscard]] ConfigObject& object(const std::string& key);
    /// The names of all members, known or not. Marks none of them.
    [[nodiscard]] std::vector<std::string> keys() const;

    /// Throws Error(Fault::BadConfiguration) naming the first key that no read asked for.
    void finish() const;
    /// The path of `key` from the top of the file: `storage.pool_size`.
    [[nodiscard]] std::string where(const std::string& key) const;

private:
    ConfigObject(std::shared_ptr<const nlohmann::json> value, std::string where, std::string folder);
    [[nodiscard]] const nlohmann::json* find(const std::string& key);

    std::shared_ptr<const nlohmann::json> value_;
    std::string where_;
    std::string folder_;
    std::set<std::string> known_;
    std::map<std::string, std::unique_ptr<ConfigObject>> children_;
};

}  // namespace sello
