#include "hsm/pkcs11_error.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace sello::hsm {
namespace {

struct Row {
    CK_RV code;
    const char* name;
    Reaction reaction;
};

/// The one table from return values to what is done about them. A code that is not here is refused as our bug.
#define SELLO_ROW(code, reaction) \
    Row { code, #code, Reaction::reaction }
constexpr std::array kTable = {
    SELLO_ROW(CKR_SESSION_HANDLE_INVALID, ChangeSession),
    SELLO_ROW(CKR_SESSION_CLOSED, ChangeSession),
    SELLO_ROW(CKR_OPERATION_ACTIVE, ChangeSession),
    SELLO_ROW(CKR_OPERATION_NOT_INITIALIZED, ChangeSession),
    SELLO_ROW(CKR_KEY_HANDLE_INVALID, FindAgain),
    SELLO_ROW(CKR_OBJECT_HANDLE_INVALID, FindAgain),
    SELLO_ROW(CKR_UNWRAPPING_KEY_HANDLE_INVALID, FindAgain),
    SELLO_ROW(CKR_WRAPPING_KEY_HANDLE_INVALID, FindAgain),
    SELLO_ROW(CKR_USER_NOT_LOGGED_IN, LogIn),
    SELLO_ROW(CKR_DEVICE_ERROR, Reconnect),
    SELLO_ROW(CKR_DEVICE_REMOVED, Reconnect),
    SELLO_ROW(CKR_TOKEN_NOT_PRESENT, Reconnect),
    SELLO_ROW(CKR_TOKEN_NOT_RECOGNIZED, Reconnect),
    SELLO_ROW(CKR_GENERAL_ERROR, Reconnect),
    SELLO_ROW(CKR_FUNCTION_FAILED, Reconnect),
    SELLO_ROW(CKR_HOST_MEMORY, Reconnect),
    SELLO_ROW(CKR_CRYPTOKI_NOT_INITIALIZED, Reinitialise),
    SELLO_ROW(CKR_SLOT_ID_INVALID, Reinitialise),
    SELLO_ROW(CKR_SESSION_COUNT, Wait),
    SELLO_ROW(CKR_DEVICE_MEMORY, Full),
    SELLO_ROW(CKR_PIN_INCORRECT, Lock),
    SELLO_ROW(CKR_PIN_LOCKED, Lock),
    SELLO_ROW(CKR_PIN_LEN_RANGE, Lock),
    SELLO_ROW(CKR_PIN_EXPIRED, Lock),
    SELLO_ROW(CKR_PIN_INVALID, Lock),
    SELLO_ROW(CKR_PIN_TOO_WEAK, Lock),
    SELLO_ROW(CKR_USER_PIN_NOT_INITIALIZED, Lock),
    SELLO_ROW(CKR_WRAPPED_KEY_INVALID, DamagedBlob),
    SELLO_ROW(CKR_WRAPPED_KEY_LEN_RANGE, DamagedBlob),
    SELLO_ROW(CKR_MECHANISM_INVALID, Refuse),
    SELLO_ROW(CKR_MECHANISM_PARAM_INVALID, Refuse),
    SELLO_ROW(CKR_KEY_FUNCTION_NOT_PERMITTED, Refuse),
    SELLO_ROW(CKR_KEY_TYPE_INCONSISTENT, Refuse),
    SELLO_ROW(CKR_DATA_LEN_RANGE, Refuse),
    SELLO_ROW(CKR_TEMPLATE_INCOMPLETE, Refuse),
    SELLO_ROW(CKR_TEMPLATE_INCONSISTENT, Refuse),
    SELLO_ROW(CKR_ATTRIBUTE_READ_ONLY, Refuse),
    SELLO_ROW(CKR_ATTRIBUTE_SENSITIVE, Refuse),
    SELLO_ROW(CKR_ATTRIBUTE_TYPE_INVALID, Refuse),
    SELLO_ROW(CKR_ATTRIBUTE_VALUE_INVALID, Refuse),
    SELLO_ROW(CKR_KEY_UNEXTRACTABLE, Refuse),
    SELLO_ROW(CKR_KEY_NOT_WRAPPABLE, Refuse),
    SELLO_ROW(CKR_SESSION_READ_ONLY, Refuse),
    SELLO_ROW(CKR_ARGUMENTS_BAD, Refuse),
    SELLO_ROW(CKR_BUFFER_TOO_SMALL, Refuse),
    SELLO_ROW(CKR_FUNCTION_NOT_SUPPORTED, Refuse),
    SELLO_ROW(CKR_ACTION_PROHIBITED, Refuse),
    SELLO_ROW(CKR_USER_ALREADY_LOGGED_IN, Refuse),
    SELLO_ROW(CKR_USER_ANOTHER_ALREADY_LOGGED_IN, Refuse),
    SELLO_ROW(CKR_SESSION_EXISTS, Refuse),
    SELLO_ROW(CKR_TOKEN_WRITE_PROTECTED, Refuse),
    SELLO_ROW(CKR_CRYPTOKI_ALREADY_INITIALIZED, Refuse),
};
#undef SELLO_ROW

const Row* find_row(CK_RV code) {
    const auto* found = std::find_if(kTable.begin(), kTable.end(), [&](const Row& row) { return row.code == code; });
    return found == kTable.end() ? nullptr : found;
}

Reaction reaction_to(CK_RV code) {
    const Row* row = find_row(code);
    return row != nullptr ? row->reaction : Reaction::Refuse;
}

Fault fault_of(CK_RV code) {
    switch (reaction_to(code)) {
        case Reaction::ChangeSession:
        case Reaction::FindAgain:
        case Reaction::LogIn:
        case Reaction::Reconnect:
        case Reaction::Reinitialise: return Fault::Unavailable;
        case Reaction::Wait:
        case Reaction::Full: return Fault::ResourceExhausted;
        case Reaction::Lock: return Fault::FailedPrecondition;
        case Reaction::DamagedBlob: return Fault::DataLoss;
        case Reaction::Refuse: return find_row(code) != nullptr ? Fault::FailedPrecondition : Fault::Internal;
    }
    return Fault::Internal;
}

}  // namespace

std::string code_name(CK_RV code) {
    char number[24];
    (void)std::snprintf(number, sizeof number, "0x%lx", code);
    const Row* row = find_row(code);
    return row != nullptr ? concat(row->name, " (", number, ")") : std::string(number);
}

Pkcs11Error::Pkcs11Error(CK_RV code, std::string_view function)
    : Error(fault_of(code), concat(function, ": ", code_name(code))), code_(code) {}

void check_pin(CK_RV code, std::string_view function, std::string_view label, std::string_view pin_file) {
    if (code != CKR_OK)
        throw Pkcs11Error(code, concat("token ", label, ": PIN in ", pin_file, " not accepted: ", function));
}

Reaction Pkcs11Error::reaction() const noexcept { return reaction_to(code_); }

}  // namespace sello::hsm
