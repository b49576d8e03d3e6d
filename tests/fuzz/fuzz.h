#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tuf/base/bytes.h"
#include "tuf/base/error.h"

namespace sello::fuzz {

/// The bytes of one run, read from the front; past their end everything is 0 or empty.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

    [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    /// 0..count-1, of one byte; `count` is 1 to 256.
    std::size_t choice(std::size_t count) { return byte() % count; }
    bool flag() { return (byte() & 1U) != 0; }
    /// 0..65535, of two bytes.
    std::size_t number() {
        const std::size_t high = byte();
        return high << 8U | byte();
    }
    /// At most `count` bytes.
    Bytes take(std::size_t count) {
        Bytes out(rest_.substr(0, count));
        rest_.remove_prefix(out.size());
        return out;
    }
    /// What stands before the next newline, or all there is.
    Bytes line() {
        Bytes out = take(std::min(rest_.find('\n'), rest_.size()));
        (void)byte();
        return out;
    }
    Bytes rest() { return take(rest_.size()); }

private:
    ByteView rest_;
};

/// Ends the run as a find. `property` says what did not hold.
inline void must(bool holds, const char* property) {
    if (holds) return;
    (void)std::fprintf(stderr, "property violated: %s\n", property);
    std::abort();
}

/// False if `work` refused its input, which is an answer. Whatever else it throws is a find.
template <class Work>
bool accepts(const Work& work) {
    try {
        work();
        return true;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace sello::fuzz

/// One run. Returns nothing that counts; a find ends the process.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);  // NOLINT: libFuzzer names it
