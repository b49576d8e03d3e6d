// Configuration files of the three programs; the first byte chooses which.
#include "client/config.h"
#include "server/config.h"
#include "signer/config.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/temp_dir.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello;  // NOLINT(google-build-using-namespace): the whole program
    static const test::TempDir folder;
    static const std::string path = folder.path() + "/config.json";
    fuzz::Input input(data, size);
    const auto program = input.choice(3);
    test::write_file(path, input.rest());
    (void)fuzz::accepts([&] {
        switch (program) {
            case 0: (void)server::read_config(path); break;
            case 1: (void)signer::Config::from_file(path); break;
            default: (void)client::read_config({.config_file = path, .trust_directory = {}, .server = {}, .tls = {}});
        }
    });
    return 0;
}
