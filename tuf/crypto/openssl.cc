#include "tuf/crypto/openssl.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include "tuf/base/error.h"

namespace sello::tuf::openssl {

void Free::operator()(X509_SIG* p) const { X509_SIG_free(p); }
void Free::operator()(PKCS8_PRIV_KEY_INFO* p) const { PKCS8_PRIV_KEY_INFO_free(p); }

std::string take_error() {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = ERR_reason_error_string(code);
    std::string text = reason != nullptr ? reason : concat("error ", code);
    ERR_clear_error();
    return text;
}

int no_password(char* /*buffer*/, int /*size*/, int /*for_writing*/, void* /*context*/) { return -1; }

void check(bool ok, const char* doing) {
    if (!ok) throw Error(Fault::Crypto, concat(doing, ": ", take_error()));
}

}  // namespace sello::tuf::openssl
