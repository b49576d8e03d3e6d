#include "server/http/message.h"

#include <boost/beast/http/status.hpp>

#include "tuf/base/ascii.h"
#include "tuf/base/error.h"

namespace sello::http {

namespace {

bool breaks_head(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> Request::header(std::string_view name) const {
    for (const auto& header : headers_) {
        const auto text = std::string_view(header_text_).substr(header.name);
        if (same_word(text.substr(0, header.name_size), name))
            return std::string(text.substr(header.name_size, header.value_size));
    }
    return std::nullopt;
}

void Request::add_header(std::string_view name, std::string_view value) {
    headers_.push_back({header_text_.size(), name.size(), value.size()});
    header_text_ += name;
    header_text_ += value;
}

void Request::clear() {
    method = Method::Other;
    method_name.clear();
    path.clear();
    query.clear();
    body.clear();
    request_id.clear();
    header_text_.clear();
    headers_.clear();
}

PreparedResponse prepare(const Response& response) {
    static const auto empty = std::make_shared<const std::string>();
    PreparedResponse prepared{response.status, {}, response.body ? response.body : empty};
    const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status));
    auto& head = prepared.head;
    head = concat("HTTP/1.1 ", response.status, " ", std::string_view(reason.data(), reason.size()), "\r\n");
    for (const auto& [name, value] : response.headers) {
        if (breaks_head(name) || breaks_head(value))
            throw Error(Fault::Internal, concat("header ", name, ": bad value"));
        head += concat(name, ": ", value, "\r\n");
    }
    const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
    if (!bodiless) head += concat("Content-Length: ", prepared.body->size(), "\r\n");
    return prepared;
}

Response json_error(unsigned status, std::string_view code, std::string_view message) {
    auto body = concat(R"({"errors":[{"code":")", code, R"(","message":")", message, "\"}]}\n");
    return {status,
            {{"Content-Type", "application/json; charset=utf-8"}},
            std::make_shared<const std::string>(std::move(body))};
}

}  // namespace sello::http
