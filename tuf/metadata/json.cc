#include "tuf/metadata/json.h"

#include "tuf/metadata/json_document.h"

namespace sello::tuf {

Json parse_json(ByteView text, const JsonLimits& limits) {
    return JsonDocument::parse(Bytes(text), limits).root().tree();
}

bool is_long_integer(const Json& value) { return value.is_binary(); }

std::string long_integer_text(const Json& value) {
    const auto& digits = value.get_binary();
    return {digits.begin(), digits.end()};
}

}  // namespace sello::tuf
