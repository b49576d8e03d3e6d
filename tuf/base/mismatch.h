#pragma once

#include <string>
#include <string_view>

#include "tuf/base/error.h"

namespace sello {

/// A document that says one thing where another is wanted. What explains refusals (trust/refusal.h) tells the two apart
/// from the message.
class Mismatch : public Error {
public:
    Mismatch(Fault fault, const std::string& message, std::string_view expected, std::string_view found)
        : Error(fault, message), expected_(expected), found_(found) {}
    [[nodiscard]] const std::string& expected() const noexcept { return expected_; }
    [[nodiscard]] const std::string& found() const noexcept { return found_; }

private:
    std::string expected_;
    std::string found_;
};

}  // namespace sello
