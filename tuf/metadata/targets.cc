#include "tuf/metadata/targets.h"

#include <utility>

#include "tuf/base/encoding.h"
#include "tuf/crypto/digest.h"

namespace sello::tuf {
namespace {

/// Hex digits of the last bin's number.
std::size_t bin_digits(std::int64_t bit_length) { return static_cast<std::size_t>((bit_length + 3) / 4); }

}  // namespace

Target describe_target(ByteView content) {
    FileMeta meta = describe_file(content);
    return {static_cast<std::int64_t>(content.size()), std::move(meta.hashes), std::nullopt};
}

RoleName SuccinctRoles::bin_of(const std::string& target_name) const {
    const Bytes hash = sha256(target_name);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) bits = (bits << 8U) | static_cast<unsigned char>(hash[i]);
    return bin(std::uint64_t{bits} >> static_cast<unsigned>(32 - bit_length));
}

RoleName SuccinctRoles::bin(std::uint64_t number) const {
    Bytes big_endian(4, '\0');
    for (std::size_t i = 0; i < 4; ++i) big_endian[i] = static_cast<char>(number >> (24U - 8U * i));
    const std::string hex = to_hex(big_endian);
    return RoleName(concat(name_prefix, "-", hex.substr(hex.size() - bin_digits(bit_length))));
}

bool SuccinctRoles::is_bin(const RoleName& role) const {
    const std::string start = name_prefix + "-";
    if (!role.str().starts_with(start)) return false;
    const std::string digits = role.str().substr(start.size());
    if (digits.size() != bin_digits(bit_length)) return false;
    std::uint64_t number = 0;
    for (const char c : digits) {
        constexpr std::string_view hex = "0123456789abcdef";
        const std::size_t digit = hex.find(c);
        if (digit == std::string_view::npos) return false;
        number = number * 16 + digit;
    }
    return number < size();
}

const RoleKeys* Delegations::signers_of(const RoleName& role) const {
    for (const Delegation& candidate : roles)
        if (candidate.name == role) return &candidate.keys;
    return succinct && succinct->is_bin(role) ? &succinct->keys : nullptr;
}

}  // namespace sello::tuf
