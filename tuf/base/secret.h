#pragma once

#include <string>
#include <utility>

#include "tuf/base/bytes.h"

namespace sello {

/// Overwrites memory in a way the optimiser keeps.
inline void wipe(void* memory, std::size_t size) noexcept {
    volatile auto* bytes = static_cast<volatile unsigned char*>(memory);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = 0;
}

/// Bytes that are wiped when destroyed. Move only; never printed: reaching the bytes takes a name one can search for.
class Secret {
public:
    Secret() = default;
    // NOLINTNEXTLINE(performance-unnecessary-value-param): the caller's bytes end here too.
    explicit Secret(Bytes bytes) : bytes_(bytes) { wipe(bytes.data(), bytes.size()); }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    // A moved-from string may keep short bytes, so they are copied and wiped.
    // NOLINTNEXTLINE(performance-move-constructor-init,cert-oop11-cpp)
    Secret(Secret&& other) noexcept : bytes_(other.bytes_) { other.clear(); }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            clear();
            bytes_ = other.bytes_;
            other.clear();
        }
        return *this;
    }
    ~Secret() { clear(); }

    [[nodiscard]] ByteView expose() const noexcept { return bytes_; }
    [[nodiscard]] Secret copy() const { return Secret(bytes_); }
    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
    /// What logs and messages show instead.
    [[nodiscard]] static std::string str() { return "[secret]"; }

private:
    void clear() noexcept {
        wipe(bytes_.data(), bytes_.size());
        bytes_.clear();
    }
    Bytes bytes_;
};

/// The first line of a file that only its owner may read (mode 0600 or stricter), without the line's end.
/// Throws Error(Fault::BadConfiguration) if the file is missing, empty, over 4 KiB, or readable by others.
[[nodiscard]] Secret read_secret_file(const std::string& path);

}  // namespace sello
