#include "tuf/metadata/codec.h"

#include <utility>

#include "tuf/metadata/notary_codec.h"
#include "tuf/metadata/tuf_codec.h"

namespace sello::tuf {

Envelope parse_envelope(Bytes bytes, const JsonLimits& limits) {
    return notary::read_envelope(std::move(bytes), limits);
}

Envelope parse_envelope(Bytes bytes, Dialect dialect, const JsonLimits& limits) {
    return dialect == Dialect::Notary ? notary::read_envelope(std::move(bytes), limits)
                                      : tuf1::read_envelope(std::move(bytes), limits);
}

Signed<Root> decode_root(Envelope envelope) {
    return envelope.dialect == Dialect::Notary ? notary::read_root(std::move(envelope))
                                               : tuf1::read_root(std::move(envelope));
}

Signed<Targets> decode_targets(Envelope envelope, const RoleName& role) {
    return envelope.dialect == Dialect::Notary ? notary::read_targets(std::move(envelope), role)
                                               : tuf1::read_targets(std::move(envelope), role);
}

Signed<Snapshot> decode_snapshot(Envelope envelope) {
    return envelope.dialect == Dialect::Notary ? notary::read_snapshot(std::move(envelope))
                                               : tuf1::read_snapshot(std::move(envelope));
}

Signed<Timestamp> decode_timestamp(Envelope envelope) {
    return envelope.dialect == Dialect::Notary ? notary::read_timestamp(std::move(envelope))
                                               : tuf1::read_timestamp(std::move(envelope));
}

}  // namespace sello::tuf
