#include "hsm/module.h"

#include <dlfcn.h>
#include <libp11.h>
#include <openssl/err.h>

#include "hsm/pkcs11_error.h"
#include "tuf/base/error.h"

namespace sello::hsm {
namespace {

/// libp11 reports through OpenSSL's error queue, where the reason is the CKR number; the queue may be empty.
std::string take_libp11_reason() {
    const unsigned long code = ERR_peek_last_error();
    const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
    std::string reason = "no reason given";
    if (text != nullptr)
        reason = text;
    else if (code != 0)
        reason = code_name(static_cast<CK_RV>(ERR_GET_REASON(code)));
    ERR_clear_error();
    return reason;
}

}  // namespace

void Module::CloseLibrary::operator()(void* library) const noexcept { dlclose(library); }

Module::Module(std::string path, std::string init_args) : path_(std::move(path)), init_args_(std::move(init_args)) {
    // Stays mapped for the life of the process: what a module leaves behind at its end may still be called.
    library_.reset(dlopen(path_.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE));
    if (!library_) {
        const char* reason = dlerror();
        throw Error(Fault::BadConfiguration,
                    concat("PKCS#11 module ", path_, ": ", reason != nullptr ? reason : "cannot be loaded"));
    }
    const auto get_functions = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library_.get(), "C_GetFunctionList"));
    CK_FUNCTION_LIST_PTR list = nullptr;
    if (get_functions == nullptr || get_functions(&list) != CKR_OK || list == nullptr)
        throw Error(Fault::BadConfiguration, concat("PKCS#11 module ", path_, ": has no function list"));
    functions_ = list;
    CK_INFO info{};
    if (functions_->C_GetInfo(&info) == CKR_OK)
        throw Error(Fault::FailedPrecondition, concat("PKCS#11 module ", path_, ": is in use in this process already"));
    load();
}

Module::~Module() { unload(); }

void Module::load() {
    context_ = PKCS11_CTX_new();
    if (context_ == nullptr) throw Error(Fault::ResourceExhausted, "libp11: out of memory");
    if (!init_args_.empty()) PKCS11_CTX_init_args(context_, init_args_.c_str());
    if (PKCS11_CTX_load(context_, path_.c_str()) != 0) {
        const std::string reason = take_libp11_reason();
        PKCS11_CTX_free(context_);
        context_ = nullptr;
        throw Error(Fault::Unavailable, concat("PKCS#11 module ", path_, ": cannot be initialised: ", reason));
    }
    loaded_ = true;
}

void Module::unload() noexcept {
    if (!loaded_) return;
    PKCS11_CTX_unload(context_);
    PKCS11_CTX_free(context_);
    context_ = nullptr;
    loaded_ = false;
    ERR_clear_error();
}

void Module::reinitialise() {
    unload();
    load();
}

}  // namespace sello::hsm
