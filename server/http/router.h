#pragma once

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/message.h"

namespace sello::http {

/// Methods and paths to handlers, in the order they were added; the first whose path matches answers.
///
///     router.add(Method::Get, match_checksum, [&](const Request& request, const ChecksumCall& call) { ... });
///
/// where match_checksum takes the path and gives std::optional<ChecksumCall>, or any other type of its own.
class Router {
public:
    /// `fallback` answers what no route matches.
    explicit Router(Handler fallback) : fallback_(std::move(fallback)) {}

    /// `match`: std::string_view path to std::optional<Call>. `handle`: (const Request&, const Call&) to Response.
    template <class Match, class Handle>
    Router& add(Method method, Match match, Handle handle) {
        auto route = [match = std::move(match), handle = std::move(handle)](const Request& request,
                                                                            Response& response) {
            const auto call = match(std::string_view(request.path));
            if (!call) return false;
            response = handle(request, *call);
            return true;
        };
        routes_[static_cast<std::size_t>(method)].emplace_back(std::move(route));
        return *this;
    }
    /// A path that is known in full.
    Router& add_path(Method method, std::string path, Handler handler);

    [[nodiscard]] Response operator()(const Request& request) const;

private:
    /// False if the path is not its own; else answers in `response`.
    using Route = std::function<bool(const Request&, Response&)>;
    static constexpr std::size_t kMethods = static_cast<std::size_t>(Method::Other) + 1;

    std::array<std::vector<Route>, kMethods> routes_;
    Handler fallback_;
};

}  // namespace sello::http
