#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace sello {

/// A validated string of one kind. Tag::check throws Error on a bad spelling.
template <class Tag>
class StrongString {
public:
    explicit StrongString(std::string text) : text_(std::move(text)) { Tag::check(text_); }

    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    friend auto operator<=>(const StrongString&, const StrongString&) = default;
    friend bool operator==(const StrongString&, const StrongString&) = default;

private:
    std::string text_;
};

}  // namespace sello

template <class Tag>
struct std::hash<sello::StrongString<Tag>> {
    std::size_t operator()(const sello::StrongString<Tag>& text) const noexcept {
        return std::hash<std::string>{}(text.str());
    }
};
