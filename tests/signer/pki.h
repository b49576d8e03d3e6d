#pragma once

#include <string>

#include "tests/hsm/softhsm_fixture.h"
#include "tuf/base/concat.h"

namespace sello::test {

/// A private CA and certificates for 127.0.0.1 / localhost, made with the openssl command, in a folder of the caller's.
class TestPki {
public:
    explicit TestPki(std::string folder) : folder_(std::move(folder)) {
        self_signed("ca");
        issue("server");
        issue("client");
        self_signed("stranger");
    }
    [[nodiscard]] std::string certificate(const std::string& name) const { return concat(folder_, "/", name, ".crt"); }
    [[nodiscard]] std::string key(const std::string& name) const { return concat(folder_, "/", name, ".key"); }

private:
    void self_signed(const std::string& name) const {
        run_command(concat("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=",
                           name, " -keyout ", key(name), " -out ", certificate(name)));
    }
    void issue(const std::string& name) const {
        const std::string request = concat(folder_, "/", name, ".csr");
        run_command(concat("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost",
                           " -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ", key(name), " -out ",
                           request));
        run_command(concat("openssl x509 -req -in ", request, " -CA ", certificate("ca"), " -CAkey ", key("ca"),
                           " -CAcreateserial -copy_extensions copyall -days 2 -out ", certificate(name)));
    }
    std::string folder_;
};

}  // namespace sello::test
