#include "client/tuf/repository.h"

#include <map>
#include <utility>

#include "client/remote/redirect.h"
#include "tuf/base/error.h"

namespace sello::client {
namespace {

constexpr int kMaxRedirects = 5;

bool is_missing(unsigned status) { return status == 403 || status == 404 || status == 410; }
bool is_redirect(unsigned status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

/// One client, and so one connection at most, a server.
struct HttpRepository::Servers {
    explicit Servers(TlsSettings settings) : tls(std::move(settings)) {}

    HttpClient& at(Url url) {
        const std::string name = url.str();
        auto client = clients.find(name);
        if (client == clients.end()) client = clients.emplace(name, HttpClient(std::move(url), tls)).first;
        return client->second;
    }

    std::optional<Bytes> get(const Url& base, const std::string& relative_path, std::size_t max_bytes,
                             const ByteSink& sink = {}) {
        Url url = base;
        url.prefix.clear();
        HttpRequest request;
        request.path = concat(base.prefix, "/", relative_path);
        request.max_answer_bytes = max_bytes;
        for (int i = 0; i <= kMaxRedirects; ++i) {
            HttpAnswer answer = at(url).send(request, sink);
            if (answer.status == 200) return std::move(answer.body);
            if (is_missing(answer.status)) return std::nullopt;
            const auto location = answer.headers.find("location");
            if (!is_redirect(answer.status) || location == answer.headers.end())
                throw Error(Fault::Unavailable, concat(request.path, ": want status 200, got ", answer.status));
            Redirect next = follow_redirect(url, request.path, location->second);
            url = std::move(next.server);
            request.path = std::move(next.path);
        }
        throw Error(Fault::Unavailable, concat(base.str(), ": more than ", kMaxRedirects, " redirects"));
    }

    TlsSettings tls;
    std::map<std::string, HttpClient> clients;
};

HttpRepository::HttpRepository(const std::string& metadata_url, const std::string& target_url, const TlsSettings& tls)
    : servers_(std::make_unique<Servers>(tls)), metadata_url_(Url::parse(metadata_url)) {
    if (!target_url.empty()) target_url_ = Url::parse(target_url);
}
HttpRepository::~HttpRepository() = default;

std::optional<Bytes> HttpRepository::metadata(const std::string& file_name, std::size_t max_bytes) {
    return servers_->get(metadata_url_, file_name, max_bytes);
}

bool HttpRepository::target(const std::string& path, std::size_t max_bytes, const ByteSink& sink) {
    if (!target_url_) throw Error(Fault::BadConfiguration, "no base URL for targets is given (--target-base-url)");
    return servers_->get(*target_url_, encode_path(path), max_bytes, sink).has_value();
}

}  // namespace sello::client
