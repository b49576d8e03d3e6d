// Upload bodies: the Content-Type on the first line, then the body.
#include "server/http/multipart.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello;  // NOLINT(google-build-using-namespace): the whole program
    constexpr std::size_t max_parts = 20;
    fuzz::Input input(data, size);
    const std::string content_type = input.line();
    const Bytes body = input.rest();
    (void)fuzz::accepts([&] {
        const auto parts = http::parse_multipart(content_type, body, max_parts);
        fuzz::must(parts.size() <= max_parts, "no more parts than allowed");
        const char* before = body.data();
        for (const http::Part& part : parts) {
            fuzz::must(part.content.data() >= before, "parts follow one another within the body");
            before = part.content.data() + part.content.size();
        }
        fuzz::must(before <= body.data() + body.size(), "parts end within the body");
    });
    return 0;
}
