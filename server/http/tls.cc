#include "server/http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tuf/base/error.h"

namespace sello::http {

namespace {

/// Like check_openssl, for faults in files that the operator named.
void check_file(bool ok, const std::string& path) {
    if (ok) return;
    const auto code = ERR_peek_last_error();
    const char* reason = ERR_reason_error_string(code);
    ERR_clear_error();
    throw Error(Fault::BadConfiguration, concat(path, ": ", reason != nullptr ? reason : "cannot be used for TLS"));
}

void require_client_certificates(SSL_CTX* context, const std::string& ca_file) {
    check_file(SSL_CTX_load_verify_file(context, ca_file.c_str()) == 1, ca_file);
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(ca_file.c_str()));
    // A leaf certificate in the bundle is a trust anchor too, as with Notary.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

/// For a key that is encrypted: OpenSSL would ask on the terminal.
int refuse_passphrase(char* /*into*/, int /*size*/, int /*is_new*/, void* was_asked) {
    *static_cast<bool*>(was_asked) = true;
    return -1;
}

void use_key(SSL_CTX* context, const std::string& key_file) {
    bool is_encrypted = false;
    SSL_CTX_set_default_passwd_cb(context, refuse_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(context, &is_encrypted);
    const bool ok = SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) == 1;
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    SSL_CTX_set_default_passwd_cb(context, nullptr);
    if (is_encrypted) {
        ERR_clear_error();
        throw Error(Fault::BadConfiguration, concat(key_file, ": is encrypted, want a key without a passphrase"));
    }
    check_file(ok, key_file);
}

}  // namespace

void TlsContext::Free::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

TlsContext::TlsContext(const TlsOptions& options) : context_(SSL_CTX_new(TLS_server_method())) {
    auto* context = context_.get();
    if (context == nullptr) throw Error(Fault::Crypto, "cannot make a TLS context");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);  // one system call a record
    SSL_CTX_set_num_tickets(context, 1);
    const bool ciphers_known =
        SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:!aNULL") == 1 &&
        SSL_CTX_set_ciphersuites(context,
                                 "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1;
    if (!ciphers_known) throw Error(Fault::Crypto, "OpenSSL lacks the TLS cipher suites");

    check_file(SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) == 1,
               options.certificate_file);
    use_key(context, options.key_file);
    check_file(SSL_CTX_check_private_key(context) == 1, options.key_file);
    if (!options.client_ca_file.empty()) require_client_certificates(context, options.client_ca_file);
    static constexpr unsigned char kSessionScope[] = "sello";
    SSL_CTX_set_session_id_context(context, kSessionScope, sizeof kSessionScope - 1);
}

}  // namespace sello::http
