#include "server/handlers/write_metadata.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "server/handlers/get_metadata.h"
#include "server/handlers/notary_error.h"
#include "server/http/multipart.h"
#include "tuf/base/encoding.h"
#include "tuf/base/log.h"

namespace sello::server {
namespace {

std::vector<http::Part> read_parts(const http::Request& request) {
    try {
        return http::parse_multipart(request.header("Content-Type").value_or(""), request.body);
    } catch (const Error& e) {
        throw NotaryError(codes::kMalformedUpload, e.fault(), e.what());
    }
}

tuf::RoleName role_of(std::string name) {
    if (name.ends_with(".json")) name.resize(name.size() - 5);
    if (!tuf::is_role_name(name))
        throw NotaryError(codes::kInvalidRole, Fault::Malformed,
                          concat("upload names role \"", name.substr(0, 64), "\""), name.substr(0, 255));
    return tuf::RoleName(std::move(name));
}

void require_prefix(const tuf::Gun& gun, const std::vector<std::string>& prefixes) {
    if (prefixes.empty()) return;
    const bool allowed = std::any_of(prefixes.begin(), prefixes.end(),
                                     [&](const std::string& prefix) { return gun.str().starts_with(prefix); });
    if (allowed) return;
    std::string list;
    for (const std::string& prefix : prefixes) list += (list.empty() ? "" : " ") + prefix;
    throw NotaryError(codes::kInvalidGun, Fault::Malformed, concat(gun, ": outside the configured prefixes"),
                      concat("Require GUNs with prefix: [", list, "]"));
}

http::Response key_response(const tuf::PublicKey& key) {
    const nlohmann::ordered_json body = {{"keytype", key.type_name()},
                                         {"keyval", {{"public", to_base64(key.bytes())}, {"private", nullptr}}}};
    return {200, {{"Content-Type", "text/plain; charset=utf-8"}}, std::make_shared<const std::string>(body.dump())};
}

}  // namespace

http::Response publish_metadata(Collections& collections, const TrustPath& path, const http::Request& request,
                                const std::vector<std::string>& gun_prefixes) {
    const tuf::Gun gun = gun_of(path.gun);
    require_prefix(gun, gun_prefixes);
    std::vector<tuf::UploadedFile> files;
    for (const http::Part& part : read_parts(request)) {
        if (!part.filename)
            throw NotaryError(codes::kNoFilename, Fault::Malformed, concat(gun, ": a part has no filename"));
        files.push_back({role_of(*part.filename), Bytes(part.content)});
    }
    const auto published = collections.publish(gun, std::move(files));
    log::info("published", {{"request_id", request.request_id},
                            {"gun", gun},
                            {"timestamp_version", published->timestamp->payload.version.number()},
                            {"timestamp_sha256", published->find(tuf::timestamp_role())->sha256_hex}});
    return {};
}

http::Response delete_collection(Collections& collections, const TrustPath& path) {
    const tuf::Gun gun = gun_of(path.gun);
    if (collections.remove(gun)) log::info("collection deleted", {{"gun", gun}});
    return {};
}

http::Response get_server_key(Collections& collections, const TrustPath& path, std::string_view role) {
    return key_response(collections.server_key(gun_of(path.gun), tuf::RoleName(std::string(role))));
}

http::Response rotate_server_key(Collections& collections, const TrustPath& path, std::string_view role) {
    return key_response(collections.next_server_key(gun_of(path.gun), tuf::RoleName(std::string(role))));
}

}  // namespace sello::server
