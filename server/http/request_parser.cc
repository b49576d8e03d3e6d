#include "server/http/request_parser.h"

#include <algorithm>

#include "server/http/target.h"
#include "tuf/base/concat.h"

namespace sello::http {

namespace http = boost::beast::http;

namespace {

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

Method method_of(http::verb verb) {
    switch (verb) {
        case http::verb::get: return Method::Get;
        case http::verb::head: return Method::Head;
        case http::verb::post: return Method::Post;
        case http::verb::put: return Method::Put;
        case http::verb::delete_: return Method::Delete;
        default: return Method::Other;
    }
}

}  // namespace

RequestParser::RequestParser(Request& request, const Limits& limits) : request_(request) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    body_limit(limits.body_bytes);
    most_body_bytes_ = limits.body_bytes;
}

Response RequestParser::refusal(const ErrorCode& fault, const Limits& limits) {
    if (fault == http::error::header_limit)
        return json_error(431, "HEADERS_TOO_LARGE",
                          concat("The request's headers are larger than ", limits.header_bytes, " bytes."));
    if (fault == http::error::body_limit)
        return json_error(413, "BODY_TOO_LARGE",
                          concat("The request's body is larger than ", limits.body_bytes, " bytes."));
    return json_error(400, "MALFORMED_REQUEST", concat("The request is not valid HTTP/1.1: ", fault.message(), "."));
}

std::optional<Response> RequestParser::objection() const {
    const auto bad = [](std::string_view message) { return json_error(400, "MALFORMED_REQUEST", message); };
    if (!target_is_good_) return bad("The request's path is malformed.");
    if (hosts_ > 1 || (hosts_ == 0 && is_http_1_1_)) return bad("The request needs one Host header.");
    // Anything but plain chunked could be read by a proxy as another length than by us.
    if (odd_transfer_encoding_ || (has_transfer_encoding_ && !chunked()))
        return bad("The request's Transfer-Encoding is not supported.");
    return std::nullopt;
}

void RequestParser::on_request_impl(http::verb verb, View method, View target, int version, ErrorCode& /*fault*/) {
    is_http_1_1_ = version >= 11;
    request_.method = method_of(verb);
    request_.method_name = view(method);
    target_is_good_ = sello::http::parse_target(view(target), request_);
}

void RequestParser::on_response_impl(int /*code*/, View /*reason*/, int /*version*/, ErrorCode& /*fault*/) {}

void RequestParser::on_field_impl(http::field field, View name, View value, ErrorCode& /*fault*/) {
    if (in_trailer_) return;  // nothing that comes after the body may pass for a header
    if (field == http::field::host) ++hosts_;
    if (field == http::field::transfer_encoding) {
        odd_transfer_encoding_ = has_transfer_encoding_ || !boost::beast::iequals(value, "chunked");
        has_transfer_encoding_ = true;
    }
    if (field == http::field::expect) expects_continue_ = boost::beast::iequals(value, "100-continue");
    request_.add_header(view(name), view(value));
}

void RequestParser::on_header_impl(ErrorCode& /*fault*/) { in_trailer_ = true; }
void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, ErrorCode& /*fault*/) {}

/// Doubles the memory as the body grows, in steps that end at the limit and not beyond.
void RequestParser::append(View part) {
    std::string& body = request_.body;
    const std::size_t size = body.size() + part.size();
    if (size > body.capacity()) {
        std::size_t room = std::max(most_body_bytes_, size);
        while (room / 2 >= size) room /= 2;
        body.reserve(room);
    }
    body += view(part);
}

std::size_t RequestParser::on_body_impl(View body, ErrorCode& /*fault*/) {
    append(body);
    return body.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t /*size*/, View /*extensions*/, ErrorCode& /*fault*/) {}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t /*remaining*/, View body, ErrorCode& /*fault*/) {
    append(body);
    return body.size();
}

void RequestParser::on_finish_impl(ErrorCode& /*fault*/) {}

}  // namespace sello::http
