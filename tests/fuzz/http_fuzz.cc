// Requests as they arrive: two bytes say where the first read ends, then the bytes of the connection.
#include "server/http/request_parser.h"
#include "server/http/target.h"
#include "tests/fuzz/fuzz.h"

namespace sello::fuzz {
namespace {

using boost::system::error_code;

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void check_request(const http::Request& request) {
    must(request.path.empty() || request.path.front() == '/', "a path begins with a slash");
    must(request.path.find('\0') == std::string::npos, "a path holds no NUL");
    if (!http::is_clean_path(request.path) && !http::climbs(request.path)) {
        const std::string location = http::clean_location(request);
        must(!has_control(location), "a redirection does not break its header");
        http::Request cleaned;
        must(http::parse_target(location, cleaned) && http::is_clean_path(cleaned.path), "a redirection is clean");
    }
    (void)request.header("Content-Type");
}

/// Feeds `bytes` in two reads; stops where the parser refuses or has a whole request.
void check_connection(ByteView bytes, std::size_t first_read) {
    http::Limits limits;
    limits.header_bytes = 4096;
    limits.body_bytes = 4096;
    http::Request request;
    http::RequestParser parser(request, limits);
    parser.eager(true);
    std::size_t taken = 0;
    for (const std::size_t end : {std::min(first_read, bytes.size()), bytes.size()}) {
        while (taken < end && !parser.is_done()) {
            error_code fault;
            const std::size_t used = parser.put(boost::asio::buffer(bytes.data() + taken, end - taken), fault);
            taken += used;
            if (fault == boost::beast::http::error::need_more) break;
            if (fault) {
                (void)http::RequestParser::refusal(fault, limits);
                return;
            }
            if (used == 0) break;
        }
    }
    if (!parser.is_header_done() || parser.objection()) return;
    must(request.body.size() <= limits.body_bytes, "a body keeps to its limit");
    check_request(request);
}

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    sello::fuzz::Input input(data, size);
    const std::size_t first_read = input.number();
    const auto bytes = input.rest();
    sello::fuzz::check_connection(bytes, first_read);
    return 0;
}
