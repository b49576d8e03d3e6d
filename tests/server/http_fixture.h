#pragma once

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "server/http/server.h"
#include "tests/server/http_client.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"

namespace sello::http {

/// A running server: GET /fast is answered on the I/O thread, /wait when the test opens the gate, /throw throws; all
/// else gets an echo of the request.
class HttpServerTest : public testing::Test {
protected:
    void TearDown() override {
        open_gate();
        if (server_) server_->stop(std::chrono::seconds(10));
    }

    void start() {
        Application application;
        const auto document = std::make_shared<const PreparedResponse>(
            prepare({200, {{"X-Path", "fast"}}, std::make_shared<const std::string>("ready")}));
        application.fast = [document](const Request& request) {
            return request.method == Method::Get && request.path == "/fast" ? document : nullptr;
        };
        application.handler = [this](const Request& request) { return answer(request); };
        application.on_error = [](const Request&, const std::exception& error) {
            return json_error(500, "UNKNOWN", error.what());
        };
        application.is_slow = [](const Request& request) { return request.method == Method::Post; };
        options_.address = "127.0.0.1:0";
        server_ = std::make_unique<Server>(options_, std::move(application));
        server_->start();
    }
    void start_with_tls() {
        certificate_ = test::make_certificate(dir_.path(), "server");
        options_.tls = TlsOptions{certificate_, certificate_, client_ca_};
        start();
    }

    Response answer(const Request& request) {
        if (request.path == "/throw") throw std::runtime_error("thrown");
        if (request.path == "/wait") {
            std::call_once(waiting_once_, [this] { waiting_.set_value(); });
            gate_.wait();
        }
        if (request.path == "/large") return {200, {}, std::make_shared<const std::string>(3'000'000, 'x')};
        auto echo = request.method_name + " " + request.path + "|" + request.query + "|" + request.body;
        return {200, {{"Content-Type", "text/plain"}}, std::make_shared<const std::string>(std::move(echo))};
    }
    void open_gate() {
        if (gate_is_open_) return;
        gate_is_open_ = true;
        opener_.set_value();
    }
    /// One connection, one answer.
    std::string ask(const std::string& request) {
        test::RawClient client(server_->port());
        client.send(request);
        return client.response();
    }
    static std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; }
    static std::string post(const std::string& target, const std::string& body) {
        return "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }

    test::TempDir dir_;
    std::string certificate_;
    std::string client_ca_;
    ServerOptions options_{.address = {}, .tls = {}, .workers = 4, .limits = {}};
    std::promise<void> waiting_;  ///< kept when a handler waits at the gate
    std::once_flag waiting_once_;
    std::promise<void> opener_;
    std::shared_future<void> gate_ = opener_.get_future().share();
    bool gate_is_open_ = false;
    std::unique_ptr<Server> server_;
};

}  // namespace sello::http
