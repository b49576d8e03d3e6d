// The state machine of a pull in TUF 1.0's dialect: see pull.h.
#include "tests/fuzz/pull.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    sello::fuzz::pull(sello::fuzz::History::tuf(), data, size);
    return 0;
}
