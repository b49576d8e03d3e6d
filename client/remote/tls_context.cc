#include "client/remote/tls_context.h"

#include <openssl/err.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "tuf/base/error.h"

namespace sello::client {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

[[noreturn]] void refuse_tls(const std::string& what, const std::string& file, const std::string& reason) {
    ERR_clear_error();
    throw Error(Fault::BadConfiguration, concat("unable to configure TLS: ", what, " \"", file, "\": ", reason));
}

/// OpenSSL's words for a file that is not there, or not to be read, tell nobody that.
void require_readable(const std::string& what, const std::string& file) {
    std::ifstream stream(file);
    stream.peek();
    if (stream.bad() || !stream.is_open()) refuse_tls(what, file, std::strerror(errno));
}

void show_certificate(asio::ssl::context& context, const TlsSettings& tls) {
    require_readable("client certificate", tls.certificate_file);
    require_readable("client key", tls.key_file);
    error_code failure;
    context.use_certificate_chain_file(tls.certificate_file, failure);
    if (failure) refuse_tls("client certificate", tls.certificate_file, "holds no certificate in PEM form");
    context.set_password_callback([](std::size_t, asio::ssl::context::password_purpose) { return std::string(); });
    context.use_private_key_file(tls.key_file, asio::ssl::context::pem, failure);
    if (failure && ERR_GET_LIB(static_cast<unsigned long>(failure.value())) == ERR_LIB_X509)
        refuse_tls("client key", tls.key_file, concat("is not that of certificate \"", tls.certificate_file, "\""));
    if (failure) refuse_tls("client key", tls.key_file, "holds no private key in PEM form without a passphrase");
}

}  // namespace

asio::ssl::context make_tls_context(const TlsSettings& tls) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    error_code failure;
    if (tls.skip_verification) {
        context.set_verify_mode(asio::ssl::verify_none);
    } else {
        context.set_verify_mode(asio::ssl::verify_peer);
        if (tls.ca_file.empty()) {
            context.set_default_verify_paths(failure);
        } else {
            require_readable("CA certificate", tls.ca_file);
            context.load_verify_file(tls.ca_file, failure);
            if (failure) refuse_tls("CA certificate", tls.ca_file, "holds no certificate in PEM form");
        }
    }
    if (tls.certificate_file.empty() != tls.key_file.empty())
        throw Error(Fault::BadConfiguration,
                    "unable to configure TLS: either pass both client key and cert, or neither");
    if (!tls.certificate_file.empty()) show_certificate(context, tls);
    return context;
}

}  // namespace sello::client
