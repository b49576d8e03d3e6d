#pragma once

#include <memory>
#include <optional>
#include <string>

#include "client/byte_sink.h"
#include "client/remote/http_client.h"
#include "tuf/base/bytes.h"

namespace sello::client {

/// Where a TUF 1.0 repository's files come from: a seam of two questions.
class Repository {
public:
    Repository() = default;
    Repository(const Repository&) = delete;
    Repository& operator=(const Repository&) = delete;
    Repository(Repository&&) = delete;
    Repository& operator=(Repository&&) = delete;
    virtual ~Repository() = default;

    /// A metadata file by its name, such as `3.root.json`, of at most `max_bytes`. nullopt if there is none; any other
    /// failure throws Error, since it must not pass for "there is nothing newer".
    [[nodiscard]] virtual std::optional<Bytes> metadata(const std::string& file_name, std::size_t max_bytes) = 0;
    /// Gives a target's content, at most `max_bytes`, to `sink` piece by piece. False if there is none by this path.
    [[nodiscard]] virtual bool target(const std::string& path, std::size_t max_bytes, const ByteSink& sink) = 0;
};

/// A repository behind two HTTP(S) base URLs; one connection serves both where they are on one server. Redirects are
/// followed, but not from TLS to plain text. 403, 404 and 410 say that there is no such file.
class HttpRepository final : public Repository {
public:
    /// An empty `target_url` has no targets. Throws Error(Fault::BadConfiguration) for what is no URL.
    HttpRepository(const std::string& metadata_url, const std::string& target_url, const TlsSettings& tls);
    ~HttpRepository() override;
    HttpRepository(const HttpRepository&) = delete;
    HttpRepository& operator=(const HttpRepository&) = delete;
    HttpRepository(HttpRepository&&) = delete;
    HttpRepository& operator=(HttpRepository&&) = delete;

    [[nodiscard]] std::optional<Bytes> metadata(const std::string& file_name, std::size_t max_bytes) override;
    [[nodiscard]] bool target(const std::string& path, std::size_t max_bytes, const ByteSink& sink) override;

private:
    struct Servers;
    std::unique_ptr<Servers> servers_;
    Url metadata_url_;
    std::optional<Url> target_url_;
};

}  // namespace sello::client
