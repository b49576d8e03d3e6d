#include "server/handlers/write_metadata.h"

#include <malloc.h>

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
    if (!tuf::is_notary_role(name))
        throw NotaryError(codes::kInvalidRole, Fault::Malformed,
                          concat("upload names role \"", name.substr(0, 64), "\""), name.substr(0, 255));
    return tuf::RoleName(std::move(name));
}

http::Response key_response(const tuf::PublicKey& key) {
    const nlohmann::ordered_json body = {{"keytype", key.type_name()},
                                         {"keyval", {{"public", to_base64(key.bytes())}, {"private", nullptr}}}};
    return {200, {{"Content-Type", "text/plain; charset=utf-8"}}, std::make_shared<const std::string>(body.dump())};
}

/// What the store cannot do on a publish has an answer of its own; elsewhere it is `UNKNOWN`.
Publication publish(Collections& collections, const tuf::Gun& gun, std::vector<tuf::UploadedFile> files) {
    try {
        return collections.publish(gun, std::move(files));
    } catch (const tuf::UpdateError&) {
        throw;
    } catch (const Error& e) {
        const bool is_storage =
            e.fault() == Fault::Storage || e.fault() == Fault::DataLoss || e.fault() == Fault::Unavailable;
        if (is_storage) throw NotaryError(codes::kUpdating, e.fault(), e.what());
        throw;
    }
}

/// Trees of large uploads are many small pieces, which the allocator would keep for its threads.
class GiveMemoryBack {
public:
    explicit GiveMemoryBack(std::size_t upload) : is_large_(upload > (std::size_t{1} << 20U)) {}
    GiveMemoryBack(const GiveMemoryBack&) = delete;
    GiveMemoryBack& operator=(const GiveMemoryBack&) = delete;
    GiveMemoryBack(GiveMemoryBack&&) = delete;
    GiveMemoryBack& operator=(GiveMemoryBack&&) = delete;
    ~GiveMemoryBack() {
        if (is_large_) ::malloc_trim(0);
    }

private:
    bool is_large_;
};

}  // namespace

http::Response publish_metadata(Collections& collections, const TrustPath& path, const http::Request& request,
                                const GunPrefixes& prefixes) {
    const GiveMemoryBack at_the_end(request.body.size());
    const tuf::Gun gun = gun_of(path.gun);
    if (!prefixes.admit(path.gun))
        throw NotaryError(codes::kInvalidGun, Fault::Malformed, concat(gun, ": outside the configured prefixes"),
                          concat("Require GUNs with prefix: [", prefixes.str(), "]"));
    std::vector<tuf::UploadedFile> files;
    for (const http::Part& part : read_parts(request)) {
        if (!part.filename)
            throw NotaryError(codes::kNoFilename, Fault::Malformed, concat(gun, ": a part has no filename"));
        files.push_back({role_of(*part.filename), Bytes(part.content)});
    }
    const auto published = publish(collections, gun, std::move(files));
    if (published.is_new)
        log::info("published", {{"request_id", request.request_id},
                                {"remote", request.remote},
                                {"gun", gun},
                                {"timestamp_version", published.repository->timestamp->payload.version.number()},
                                {"timestamp_sha256", published.repository->find(tuf::timestamp_role())->sha256_hex}});
    return {};
}

http::Response delete_collection(Collections& collections, const TrustPath& path, const http::Request& request) {
    const tuf::Gun gun = gun_of(path.gun);
    if (collections.remove(gun))
        log::info("collection deleted", {{"request_id", request.request_id}, {"remote", request.remote}, {"gun", gun}});
    return {};
}

http::Response get_server_key(Collections& collections, const TrustPath& path, std::string_view role) {
    return key_response(collections.server_key(gun_of(path.gun), tuf::notary_role(std::string(role))));
}

http::Response rotate_server_key(Collections& collections, const TrustPath& path, std::string_view role) {
    return key_response(collections.next_server_key(gun_of(path.gun), tuf::notary_role(std::string(role))));
}

}  // namespace sello::server
