#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sello::http {

enum class Method { Get, Head, Post, Put, Delete, Other };

/// A request whose head and body have arrived whole. Sessions use one again and again, so that its strings keep their
/// memory.
struct Request {
    Method method = Method::Other;
    std::string method_name;  ///< as sent
    std::string path;         ///< percent-decoded once; starts with `/`; no empty, `.` or `..` segments; no NUL
    std::string query;        ///< as sent, without the `?`
    std::string body;
    std::string request_id;  ///< unique in this process and, in all likelihood, everywhere
    std::string remote;      ///< address and port of the peer

    /// The first header of that name, in any spelling of upper and lower case.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
    void add_header(std::string_view name, std::string_view value);
    /// Forgets all but `remote`.
    void clear();

private:
    struct Header {
        std::size_t name;  ///< offset in header_text_; the value follows the name
        std::size_t name_size;
        std::size_t value_size;
    };
    std::string header_text_;
    std::vector<Header> headers_;
};

/// Content-Length, Date and Connection are added when it is sent. A null body is an empty one.
struct Response {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::shared_ptr<const std::string> body;
};

/// A response that is ready to be sent any number of times, from any thread.
struct PreparedResponse {
    unsigned status = 200;
    std::string head;  ///< status line and headers, each with its line end; without Date, Connection and the blank line
    std::shared_ptr<const std::string> body;  ///< never null
};

/// Throws Error(Fault::Internal) on a header that would break the head.
[[nodiscard]] PreparedResponse prepare(const Response& response);

/// `{"errors":[{"code":...,"message":...}]}` and a newline: how Notary answers all errors. `code` and `message` are
/// written as they are: no quotes, backslashes or control characters.
[[nodiscard]] Response json_error(unsigned status, std::string_view code, std::string_view message);

/// Runs on the worker pool: may block. What it throws goes to the ErrorHandler.
using Handler = std::function<Response(const Request&)>;
/// Tried first, on the I/O thread: must not block. Null hands the request on to the Handler.
using FastHandler = std::function<std::shared_ptr<const PreparedResponse>(const Request&)>;
/// Whether the Handler may take long over a request, since it waits for others. On the I/O thread: must not block.
using SlowPredicate = std::function<bool(const Request&)>;
/// Turns what a handler threw into an answer. Must not throw.
using ErrorHandler = std::function<Response(const Request&, const std::exception&)>;

}  // namespace sello::http
