#pragma once

#include <memory>
#include <string>

#include "hsm/cryptoki.h"

// libp11's context; its header stays in module.cc.
struct PKCS11_ctx_st;

namespace sello::hsm {

/// A PKCS#11 library in this process. The only place that initialises, finalises and unloads one; so there is at most
/// one Module for a library. libp11 loads and initialises; everything else goes through the library's own function
/// list.
class Module {
public:
    /// `path` is the shared object; `init_args` is handed to C_Initialize as pReserved (NSS wants it), empty for none.
    /// Throws Error: BadConfiguration if it cannot be loaded, FailedPrecondition if it is in use in this process
    /// already.
    explicit Module(std::string path, std::string init_args = "");
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;
    Module(Module&&) = delete;
    Module& operator=(Module&&) = delete;
    ~Module();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Valid for the Module's life, also across reinitialise().
    [[nodiscard]] const Functions& functions() const noexcept { return *functions_; }

    /// C_Finalize and C_Initialize. All sessions, handles and slot numbers are void afterwards, and numbers start
    /// again. The caller keeps every other call out meanwhile. On Unavailable the library is down and this may be
    /// called again.
    void reinitialise();

private:
    void load();
    void unload() noexcept;

    struct CloseLibrary {
        void operator()(void* library) const noexcept;
    };
    std::string path_;
    std::string init_args_;
    std::unique_ptr<void, CloseLibrary> library_;  ///< our own reference: keeps the function list mapped
    const Functions* functions_ = nullptr;
    PKCS11_ctx_st* context_ = nullptr;
    bool loaded_ = false;
};

}  // namespace sello::hsm
