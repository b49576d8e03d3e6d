#pragma once

#include <string>
#include <string_view>

namespace sello::client {

/// `https://host[:port][/prefix]`, or `http://` for a server without TLS.
struct Url {
    bool is_tls = true;
    std::string host;
    std::string port;
    std::string prefix;  ///< without a slash at its end; often empty

    /// Throws Error(Fault::BadConfiguration) with Notary's text.
    [[nodiscard]] static Url parse(const std::string& text);
    [[nodiscard]] std::string str() const;
    /// An IPv6 address in brackets.
    [[nodiscard]] std::string host_in_url() const;
};

/// Percent-encodes what may not stand in a path; slashes stay.
[[nodiscard]] std::string encode_path(std::string_view path);

}  // namespace sello::client
