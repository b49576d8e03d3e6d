// Envelopes and the four documents. The first byte chooses the role, the rest is the document.
#include "tests/fuzz/fuzz.h"
#include "tuf/metadata/codec.h"

namespace sello::fuzz {
namespace {

/// `decode` takes an Envelope.
template <class Decode>
void check(const Bytes& document, const Decode& decode) {
    auto envelope = tuf::parse_envelope(document);
    must(envelope.bytes == document, "the bytes are kept as they came");
    const auto first = decode(std::move(envelope));
    const auto second = decode(tuf::parse_envelope(tuf::write_document(tuf::to_json(first.payload), first.signatures)));
    must(second.payload == first.payload, "what decodes re-encodes and decodes equal");
    must(second.signatures == first.signatures, "signatures re-encode and decode equal");
}

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello;  // NOLINT(google-build-using-namespace): the whole program
    fuzz::Input input(data, size);
    const auto role = input.choice(5);
    const Bytes document = input.rest();
    const tuf::RoleName delegation("targets/releases");
    (void)fuzz::accepts([&] {
        switch (role) {
            case 0: return fuzz::check(document, tuf::decode_root);
            case 1: return fuzz::check(document, tuf::decode_snapshot);
            case 2: return fuzz::check(document, tuf::decode_timestamp);
            default:
                return fuzz::check(document, [&](tuf::Envelope envelope) {
                    return tuf::decode_targets(std::move(envelope), role == 3 ? tuf::targets_role() : delegation);
                });
        }
    });
    return 0;
}
