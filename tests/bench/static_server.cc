/// Serves files from memory through server/http alone, for measuring it: static_server ADDRESS CERT KEY I/O-THREADS
/// FILE...; a file /a/b/x.json answers /x.json. Empty CERT: plain HTTP. Prints its port.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <span>

#include "server/http/server.h"

namespace {

using namespace sello;  // NOLINT(google-build-using-namespace): a program of one file

struct Less {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return a < b; }
};
using Documents = std::map<std::string, std::shared_ptr<const http::PreparedResponse>, Less>;

std::shared_ptr<const http::PreparedResponse> load(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    auto body =
        std::make_shared<const std::string>(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    const http::Response response{200,
                                  {{"Content-Type", "text/plain; charset=utf-8"},
                                   {"Cache-Control", "public, max-age=300, s-maxage=300, must-revalidate"},
                                   {"Last-Modified", "Sat, 21 Nov 2026 19:10:40 GMT"}},
                                  body};
    return std::make_shared<const http::PreparedResponse>(http::prepare(response));
}

}  // namespace

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
    if (arguments.size() < 5) return 2;
    http::ServerOptions options;
    options.address = arguments[1];
    if (*arguments[2] != '\0') options.tls = http::TlsOptions{arguments[2], arguments[3], {}};
    options.io_threads = static_cast<unsigned>(std::stoi(arguments[4]));
    Documents documents;
    for (const std::string file : arguments.subspan(5))
        documents["/" + std::filesystem::path(file).filename().string()] = load(file);

    http::Application application;
    application.fast = [&](const http::Request& request) -> std::shared_ptr<const http::PreparedResponse> {
        const auto found = documents.find(request.path);
        return request.method == http::Method::Get && found != documents.end() ? found->second : nullptr;
    };
    application.handler = [](const http::Request&) {
        return http::json_error(404, "METADATA_NOT_FOUND", "You have requested metadata that does not exist.");
    };
    application.on_error = [](const http::Request&, const std::exception& error) {
        return http::json_error(500, "UNKNOWN", error.what());
    };

    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    http::Server server(options, std::move(application));
    server.start();
    std::cout << server.port() << std::endl;
    int signal = 0;
    sigwait(&signals, &signal);
    server.stop(std::chrono::seconds(5));
}
