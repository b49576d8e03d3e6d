#pragma once

#include <p11-kit/pkcs11.h>

#include <chrono>

/// What every file of this folder shares: PKCS#11's own names, and the moment by which a caller wants its answer.
namespace sello::hsm {

using Functions = CK_FUNCTION_LIST;
using SessionHandle = CK_SESSION_HANDLE;
using ObjectHandle = CK_OBJECT_HANDLE;

using Deadline = std::chrono::steady_clock::time_point;
[[nodiscard]] inline Deadline deadline_in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

}  // namespace sello::hsm
