#include "server/http/router.h"

namespace sello::http {

Router& Router::add_path(Method method, std::string path, Handler handler) {
    auto route = [path = std::move(path), handler = std::move(handler)](const Request& request, Response& response) {
        if (request.path != path) return false;
        response = handler(request);
        return true;
    };
    routes_[static_cast<std::size_t>(method)].emplace_back(std::move(route));
    return *this;
}

Response Router::operator()(const Request& request) const {
    Response response;
    for (const auto& route : routes_[static_cast<std::size_t>(request.method)])
        if (route(request, response)) return response;
    return fallback_(request);
}

}  // namespace sello::http
