// The state machine of a pull in Notary's dialect: see pull.h.
#include "tests/fuzz/pull.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    sello::fuzz::pull(sello::fuzz::History::notary(), data, size);
    return 0;
}
