#pragma once

#include <memory>
#include <string>

using SSL_CTX = struct ssl_ctx_st;

namespace sello::http {

struct TlsOptions {
    std::string certificate_file;  ///< PEM, the server's certificate first
    std::string key_file;          ///< PEM
    std::string client_ca_file;    ///< PEM; if set, clients must show a certificate that one of these vouches for
};

/// Certificates and rules of a TLS server: versions 1.2 and 1.3, ECDHE with AES-GCM or ChaCha20-Poly1305, no ALPN.
/// Immutable, so shared by all connections made under it.
class TlsContext {
public:
    /// Throws Error(Fault::BadConfiguration) naming the file that cannot be used.
    explicit TlsContext(const TlsOptions& options);

    [[nodiscard]] SSL_CTX* get() const { return context_.get(); }

private:
    struct Free {
        void operator()(SSL_CTX* context) const;
    };
    std::unique_ptr<SSL_CTX, Free> context_;
};

}  // namespace sello::http
