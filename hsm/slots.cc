#include "hsm/slots.h"

#include "hsm/pkcs11_error.h"

namespace sello::hsm {
namespace {

template <std::size_t Size>
std::string unpadded(const unsigned char (&text)[Size]) {
    std::string out(reinterpret_cast<const char*>(text), Size);
    const auto end = out.find_last_not_of(std::string_view(" \0", 2));
    out.resize(end == std::string::npos ? 0 : end + 1);
    return out;
}

}  // namespace

std::vector<TokenInfo> list_tokens(const Functions& functions) {
    CK_ULONG count = 0;
    check_pkcs11(functions.C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList");
    std::vector<CK_SLOT_ID> slots(count);
    check_pkcs11(functions.C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
    slots.resize(count);

    std::vector<TokenInfo> tokens;
    for (const CK_SLOT_ID slot : slots) {
        CK_TOKEN_INFO info{};
        if (functions.C_GetTokenInfo(slot, &info) != CKR_OK) continue;  // pulled out since the list was made
        tokens.push_back({slot, unpadded(info.label), unpadded(info.serialNumber), info.flags});
    }
    return tokens;
}

TokenInfo find_token(const Functions& functions, const std::string& label, const std::string& serial) {
    std::vector<TokenInfo> found;
    for (TokenInfo& token : list_tokens(functions))
        if (token.is_initialised() && token.label == label && (serial.empty() || token.serial == serial))
            found.push_back(std::move(token));
    const std::string wanted = concat("token with label \"", label, "\"", serial.empty() ? "" : " and serial ", serial);
    if (found.empty()) throw Error(Fault::Unavailable, concat(wanted, ": not present"));
    if (found.size() > 1)
        throw Error(Fault::BadConfiguration, concat(wanted, ": want one, got ", found.size(), "; name the serial"));
    return found.front();
}

}  // namespace sello::hsm
