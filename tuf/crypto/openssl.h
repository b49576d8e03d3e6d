#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace sello::tuf::openssl {

/// One deleter for every OpenSSL object.
struct Free {
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
    void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
    void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
    void operator()(X509* p) const { X509_free(p); }
    void operator()(X509_STORE* p) const { X509_STORE_free(p); }
    void operator()(X509_STORE_CTX* p) const { X509_STORE_CTX_free(p); }
    void operator()(STACK_OF(X509) * p) const { sk_X509_free(p); }  ///< not what stands on it
    void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
    void operator()(BIO* p) const { BIO_free_all(p); }
    void operator()(BIGNUM* p) const { BN_clear_free(p); }
    void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
    void operator()(X509_SIG* p) const;
    void operator()(PKCS8_PRIV_KEY_INFO* p) const;
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// Throws Error(Fault::Crypto) with OpenSSL's own reason unless `ok`. Empties OpenSSL's error queue.
void check(bool ok, const char* doing);
/// The password callback for every PEM block that is read: there is none. Without one OpenSSL asks on the terminal, or
/// reads standard input, whenever a block from outside says that it is encrypted.
int no_password(char* buffer, int size, int for_writing, void* context);
/// The reason on top of OpenSSL's error queue, which is emptied.
[[nodiscard]] std::string take_error();

}  // namespace sello::tuf::openssl
