// The strict parser and the canonical forms.
#include <algorithm>
#include <optional>
#include <type_traits>

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

bool has_long_integers(const tuf::Json& value) {
    if (value.is_structured()) return std::any_of(value.begin(), value.end(), has_long_integers);
    return tuf::is_long_integer(value);
}

void check_wire_form(const tuf::Json& value) {
    Bytes text;
    if (!accepts([&] { text = tuf::wire_json(value); })) return;
    const tuf::Json again = tuf::parse_json(text);  // refusing what we write is a find
    must(tuf::wire_json(again) == text, "the wire form parses to a tree of the same wire form");
    if (has_exact_numbers(value)) must(again == value, "the wire form parses to the same tree");
}

/// The form that `writer` gives, of a tree or of a view; nullopt if it refuses.
template <class Value>
std::optional<Bytes> written(Bytes (*writer)(Value), const std::decay_t<Value>& value) {
    Bytes text;
    return accepts([&] { text = writer(value); }) ? std::optional(text) : std::nullopt;
}

/// `of_tree` and `of_view` are a dialect's.
void check_canonical_form(tuf::JsonView view, Bytes (*of_tree)(const tuf::Json&), Bytes (*of_view)(tuf::JsonView)) {
    const auto text = written<const tuf::Json&>(of_tree, view.tree());
    must(text == written<tuf::JsonView>(of_view, view), "a document and its tree have one canonical form");
    if (!text) return;
    tuf::Json again;
    // Control characters stand in it raw, so it is not always JSON.
    if (accepts([&] { again = tuf::parse_json(*text); }))
        must(of_tree(again) == *text, "the canonical form is its own canonical form");
}

/// The tree that nlohmann's own parser makes of it.
void check_tree(const Bytes& text, const tuf::Json& tree) {
    const auto again = nlohmann::json::parse(text, nullptr, false);
    if (!has_long_integers(tree)) must(again == tree, "the same tree as another parser's");
}

}  // namespace
}  // namespace sello::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sello;  // NOLINT(google-build-using-namespace): the whole program
    const Bytes text(reinterpret_cast<const char*>(data), size);
    std::optional<tuf::JsonDocument> document;
    if (!fuzz::accepts([&] { document = tuf::JsonDocument::parse(text); })) return 0;
    const tuf::Json tree = document->root().tree();
    fuzz::check_tree(text, tree);
    fuzz::check_wire_form(tree);
    fuzz::check_canonical_form(document->root(), tuf::canonical_json, tuf::canonical_json);
    fuzz::check_canonical_form(document->root(), tuf::olpc_json, tuf::olpc_json);
    return 0;
}
