// Envelopes and the four documents of both dialects. The first byte chooses dialect and role, the rest is the document.
#include "tests/fuzz/fuzz.h"
#include "tuf/metadata/tuf_codec.h"

namespace sello::fuzz {
namespace {

using tuf::Dialect;
using tuf::Envelope;

template <class Payload>
Bytes write(const tuf::Signed<Payload>& file, Dialect dialect) {
    if (dialect == Dialect::Notary) return tuf::write_document(tuf::to_json(file.payload), file.signatures);
    return tuf::tuf1::write_document(tuf::tuf1::encode(file.payload), file.signatures);
}

/// `decode` takes an Envelope.
template <class Decode>
void check(const Bytes& document, Dialect dialect, const Decode& decode) {
    auto envelope = tuf::parse_envelope(document, dialect);
    must(envelope.bytes() == document, "the bytes are kept as they came");
    const auto first = decode(std::move(envelope));
    Bytes written;
    // Sello writes no TUF 1.0 that other readers could not agree on, but reads it.
    const bool is_writable = accepts([&] { written = write(first, dialect); });
    must(is_writable || dialect == Dialect::Tuf, "what Notary's dialect reads it also writes");
    if (!is_writable) return;
    const auto second = decode(tuf::parse_envelope(written, dialect));
    must(second.payload == first.payload, "what decodes re-encodes and decodes equal");
    must(second.signatures == first.signatures, "signatures re-encode and decode equal");
}

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello;  // NOLINT(google-build-using-namespace): the whole program
    fuzz::Input input(data, size);
    const auto choice = input.choice(10);
    const auto dialect = choice < 5 ? tuf::Dialect::Notary : tuf::Dialect::Tuf;
    const Bytes document = input.rest();
    const tuf::RoleName delegation("targets/releases");
    (void)fuzz::accepts([&] {
        switch (choice % 5) {
            case 0: return fuzz::check(document, dialect, tuf::decode_root);
            case 1: return fuzz::check(document, dialect, tuf::decode_snapshot);
            case 2: return fuzz::check(document, dialect, tuf::decode_timestamp);
            default:
                return fuzz::check(document, dialect, [&](tuf::Envelope envelope) {
                    return tuf::decode_targets(std::move(envelope), choice % 5 == 3 ? tuf::targets_role() : delegation);
                });
        }
    });
    return 0;
}
