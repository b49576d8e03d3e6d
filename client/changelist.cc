#include "client/changelist.h"

#include <algorithm>

#include "client/files.h"
#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/crypto/random.h"
#include "tuf/metadata/canonical_json.h"
#include "tuf/metadata/codec.h"
#include "tuf/metadata/json_shape.h"

namespace sello::client {
namespace {

using tuf::Json;

std::string random_uuid() {
    std::string hex = to_hex(tuf::random_bytes(16));
    hex[12] = '4';  // RFC 9562 section 5.4: version 4, variant 10
    hex[16] = "89ab"[hex[16] % 4];
    return concat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                  hex.substr(20));
}

std::string padded(std::int64_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
}

/// Nanoseconds since 1970 in 20 digits, so that names sort by time.
std::string file_name(const Instant& now) {
    return concat(padded(now.seconds, 11), padded(now.nanoseconds, 9), "_", random_uuid(), ".change");
}

std::optional<Change> read_change(const std::filesystem::path& file) {
    const auto content = read_file(file);
    const Json json = content ? Json::parse(*content, nullptr, false) : Json();
    if (!json.is_object()) return std::nullopt;
    Change change;
    for (const auto& [name, field] : {std::pair{"action", &change.action},
                                      {"role", &change.role},
                                      {"type", &change.type},
                                      {"path", &change.path}}) {
        const auto member = json.find(name);
        if (member == json.end() || !member->is_string()) return std::nullopt;
        *field = member->get<std::string>();
    }
    if (const auto data = json.find("data"); data != json.end() && data->is_string()) {
        auto decoded = from_base64(data->get_ref<const std::string&>());
        if (!decoded) return std::nullopt;
        change.data = std::move(*decoded);
    }
    return change;
}

std::vector<std::string> strings(tuf::JsonView object, std::string_view name) {
    std::vector<std::string> out;
    if (const auto list = object.find(name); list && list->is_list())
        for (const tuf::JsonView item : list->items())
            if (item.is_string()) out.emplace_back(item.text());
    return out;
}

tuf::DelegationEdit read_edit(const Bytes& data) {
    tuf::DelegationEdit edit;
    if (data.empty()) return edit;
    const std::string subject = "staged delegation change";
    const auto document = tuf::JsonDocument::parse(data);
    const tuf::JsonView json = tuf::require_object(document.root(), subject);
    for (const tuf::JsonView key : tuf::list_member(json, "add_keys", subject).items())
        edit.add_keys.push_back(tuf::decode_key(key));
    if (tuf::find_member(json, "threshold")) edit.threshold = tuf::integer_member(json, "threshold", subject);
    edit.remove_keys = strings(json, "remove_keys");
    edit.add_paths = strings(json, "add_paths");
    edit.remove_paths = strings(json, "remove_paths");
    if (const auto clear = json.find("clear_paths"); clear && clear->kind() == tuf::JsonKind::Boolean)
        edit.clear_paths = clear->boolean();
    return edit;
}

void apply_delegation(const Change& change, tuf::RepositoryEditor& editor) {
    if (change.role == "targets/*") return editor.purge_keys(read_edit(change.data).remove_keys);
    const tuf::RoleName role = tuf::notary_role(change.role);
    if (change.action == "create")
        editor.add_delegation(role, read_edit(change.data));
    else if (change.action == "update")
        editor.update_delegation(role, read_edit(change.data));
    else
        editor.remove_delegation(role);
}

}  // namespace

Change Change::add_target(const tuf::RoleName& role, const std::string& name, const tuf::Target& target) {
    // Notary writes the members in this order; custom data must be canonical, or nobody verifies what it signs.
    nlohmann::ordered_json data;
    data["length"] = target.length;
    for (const auto& [algorithm, value] : target.hashes) data["hashes"][algorithm] = to_base64(value);
    Bytes text = data.dump();
    if (target.custom) {
        text.pop_back();
        text += concat(",\"custom\":", tuf::wire_json(*target.custom), "}");
    }
    return {"create", role.str(), "target", name, std::move(text)};
}

void Changelist::stage(const Change& change, const Instant& now) {
    nlohmann::ordered_json json;
    json["action"] = change.action;
    json["role"] = change.role;
    json["type"] = change.type;
    json["path"] = change.path;
    json["data"] = change.data.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(to_base64(change.data));
    make_private_folder(folder_);
    // Every file in the folder counts as a change, so the draft stands beside the folder.
    replace_file(folder_ / file_name(now), json.dump(), folder_.parent_path());
}

std::vector<StagedChange> Changelist::list() const {
    std::vector<StagedChange> out;
    std::error_code none;
    for (const auto& file : std::filesystem::directory_iterator(folder_, none))
        if (file.is_regular_file()) out.push_back({file.path(), read_change(file.path())});
    std::sort(out.begin(), out.end(), [](const StagedChange& a, const StagedChange& b) { return a.file < b.file; });
    return out;
}

void Changelist::remove(const std::vector<StagedChange>& changes) {
    for (const StagedChange& staged : changes) std::filesystem::remove(staged.file);
}

void apply(const Change& change, tuf::RepositoryEditor& editor) {
    if (change.type == "delegation") return apply_delegation(change, editor);
    if (change.type == "witness") return editor.witness(tuf::notary_role(change.role));
    if (change.type != "target")
        throw Error(Fault::FailedPrecondition, concat("staged change of type \"", change.type, "\" is not supported"));
    const tuf::RoleName role = tuf::notary_role(change.role);
    if (change.action == "delete") return editor.remove_target(role, change.path);
    editor.add_target(role, change.path, tuf::decode_target(change.data, change.path));
}

}  // namespace sello::client
