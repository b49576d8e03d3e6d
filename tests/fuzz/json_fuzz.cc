// The strict parser and the canonical forms.
#include "tests/fuzz/fuzz.h"
#include "tuf/metadata/canonical_json.h"

namespace sello::fuzz {
namespace {

/// Numbers that Go's doubles hold exactly: both forms write them as they are.
bool has_exact_numbers(const tuf::Json& value) {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    if (value.is_structured()) return std::all_of(value.begin(), value.end(), has_exact_numbers);
    if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= static_cast<std::uint64_t>(exact);
    if (value.is_number_integer()) return value.get<std::int64_t>() >= -exact;
    return !value.is_number_float();
}

void check_wire_form(const tuf::Json& value) {
    Bytes text;
    if (!accepts([&] { text = tuf::wire_json(value); })) return;
    const tuf::Json again = tuf::parse_json(text);  // refusing what we write is a find
    must(tuf::wire_json(again) == text, "the wire form parses to a tree of the same wire form");
    if (has_exact_numbers(value)) must(again == value, "the wire form parses to the same tree");
}

/// `canonicalise` is that of a dialect.
void check_canonical_form(const tuf::Json& value, Bytes (*canonicalise)(const tuf::Json&)) {
    Bytes text;
    if (!accepts([&] { text = canonicalise(value); })) return;
    tuf::Json again;
    // Control characters stand in it raw, so it is not always JSON.
    if (accepts([&] { again = tuf::parse_json(text); }))
        must(canonicalise(again) == text, "the canonical form is its own canonical form");
}

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello;  // NOLINT(google-build-using-namespace): the whole program
    tuf::Json value;
    if (!fuzz::accepts([&] { value = tuf::parse_json({reinterpret_cast<const char*>(data), size}); })) return 0;
    fuzz::check_wire_form(value);
    fuzz::check_canonical_form(value, tuf::canonical_json);
    fuzz::check_canonical_form(value, tuf::olpc_json);
    return 0;
}
