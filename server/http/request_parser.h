#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include "server/http/limits.h"
#include "server/http/message.h"

namespace sello::http {

/// Beast's parser, writing straight into a Request that is used again. Feed it with put(); the head first (it is not
/// eager), then the body.
class RequestParser final : public boost::beast::http::basic_parser<true> {
public:
    RequestParser(Request& request, const Limits& limits);

    /// What to answer a client whose bytes put() refused with `fault`.
    [[nodiscard]] static Response refusal(const boost::system::error_code& fault, const Limits& limits);
    /// After the head: the 400 it calls for, if it is well-formed HTTP, but nothing we could serve safely.
    [[nodiscard]] std::optional<Response> objection() const;
    /// Whether another request may follow on the connection. Version 1.0's way of asking for it is not supported.
    [[nodiscard]] bool may_be_followed() const { return is_http_1_1_ && keep_alive(); }
    [[nodiscard]] bool expects_continue() const { return expects_continue_; }

private:
    using ErrorCode = boost::system::error_code;
    using View = boost::beast::string_view;

    void on_request_impl(boost::beast::http::verb verb, View method, View target, int version,
                         ErrorCode& fault) override;
    void on_response_impl(int code, View reason, int version, ErrorCode& fault) override;
    void on_field_impl(boost::beast::http::field field, View name, View value, ErrorCode& fault) override;
    void on_header_impl(ErrorCode& fault) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& fault) override;
    std::size_t on_body_impl(View body, ErrorCode& fault) override;
    void on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCode& fault) override;
    std::size_t on_chunk_body_impl(std::uint64_t remaining, View body, ErrorCode& fault) override;
    void on_finish_impl(ErrorCode& fault) override;

    void append(View part);

    Request& request_;
    std::size_t most_body_bytes_ = 0;
    bool target_is_good_ = false;
    bool is_http_1_1_ = false;
    bool in_trailer_ = false;
    bool has_transfer_encoding_ = false;
    bool odd_transfer_encoding_ = false;  ///< another than chunked, or more than one
    bool expects_continue_ = false;
    int hosts_ = 0;
};

}  // namespace sello::http
