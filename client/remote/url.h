#pragma once

#include <optional>
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
/// Percent-encodes every byte but `A-Z a-z 0-9 - . _ ~`, so that the text is one segment of a path, or one file's name.
[[nodiscard]] std::string encode_segment(std::string_view text);
/// The reverse; nullopt if a `%` is not followed by two hex digits.
[[nodiscard]] std::optional<std::string> decode_segment(std::string_view segment);

}  // namespace sello::client
