#include "client/remote/notary_api.h"

#include "client/printable.h"

#include "tuf/base/encoding.h"
#include "tuf/base/error.h"
#include "tuf/base/log.h"
#include "tuf/crypto/random.h"
#include "tuf/metadata/codec.h"

namespace sello::client {
namespace {

using tuf::Json;

constexpr std::size_t kMaxKeyBytes = 256U << 10U;

/// Notary's words for each name of a refused update.
std::string refusal_text(const Json& detail) {
    static const std::map<std::string, std::string> prefixes = {
        {"ErrBadRoot", "The root metadata is invalid: "},
        {"ErrBadTargets", "The targets metadata is invalid: "},
        {"ErrBadSnapshot", "The snapshot metadata is invalid: "},
        {"ErrBadHierarchy", "Metadata hierarchy is incomplete: "},
        {"ErrValidation", "An error occurred during validation: "}};
    const auto prefix = prefixes.find(detail.value("Name", ""));
    if (prefix == prefixes.end() || !detail.contains("Error") || !detail["Error"].is_object()) return {};
    return prefix->second + printable(detail["Error"].value("Msg", ""));
}

[[noreturn]] void refuse_publish(const HttpAnswer& answer) {
    std::string text = "trust server rejected operation.";
    const Json body = Json::parse(answer.body, nullptr, false);
    if (body.is_object() && body.contains("errors") && body["errors"].is_array() && !body["errors"].empty() &&
        body["errors"][0].is_object()) {
        const Json& error = body["errors"][0];
        const std::string code = error.value("code", "");
        if (code == "VERSION")
            throw Error(Fault::Conflict, "another publisher was first: a newer version is on the server");
        const Json detail = error.value("detail", Json());
        const std::string words = detail.is_object() ? refusal_text(detail) : std::string();
        text = !words.empty()
                   ? words
                   : printable(concat("trust server rejected operation: ", code, ": ", error.value("message", "")));
    }
    throw Error(Fault::FailedPrecondition, text);
}

}  // namespace

HttpAnswer NotaryApi::send(HttpRequest request) {
    request.path = concat("/v2/", encode_path(gun_.str()), "/_trust/tuf/", request.path);
    HttpAnswer answer = http_.send(request);
    log::debug("request", {{"method", request.method}, {"path", request.path}, {"status", answer.status}});
    if (answer.status == 413)
        throw Error(Fault::TooLarge,
                    concat(http_.url().str(), " takes no upload of ", request.body.size(), " bytes: 413"));
    if (answer.status == 401)
        throw Error(Fault::Unauthorized, "you are not authorized to perform this operation: server returned 401.");
    if (answer.status >= 500 && request.path.ends_with(".key"))
        throw Error(Fault::Unavailable, concat("the trust server makes no key now: ", answer.status, " from ",
                                               http_.url().str(), request.path, "; its signer may be away, try again"));
    if (answer.status != 200 && answer.status != 404 && answer.status != 400)
        throw Error(Fault::Unavailable, concat("unable to reach trust server at this time: ", answer.status, " from ",
                                               http_.url().str(), request.path));
    return answer;
}

std::optional<Bytes> NotaryApi::get(const std::string& tail, std::size_t max_bytes) {
    HttpRequest request;
    request.path = tail;
    request.max_answer_bytes = max_bytes;
    HttpAnswer answer = send(std::move(request));
    if (answer.status == 404) return std::nullopt;
    if (answer.status != 200)
        throw Error(Fault::Unavailable, concat("unable to reach trust server at this time: ", answer.status));
    return std::move(answer.body);
}

std::optional<Bytes> NotaryApi::current(const tuf::RoleName& role, std::size_t max_bytes) {
    return get(concat(role, ".json"), max_bytes);
}

std::optional<Bytes> NotaryApi::by_checksum(const tuf::RoleName& role, const std::string& sha256_hex,
                                            std::size_t max_bytes) {
    return get(concat(role, ".", sha256_hex, ".json"), max_bytes);
}

std::optional<Bytes> NotaryApi::by_version(const tuf::RoleName& role, tuf::Version version, std::size_t max_bytes) {
    return get(concat(version, ".", role, ".json"), max_bytes);
}

tuf::PublicKey NotaryApi::server_key(const tuf::RoleName& role) {
    auto body = get(concat(role, ".key"), kMaxKeyBytes);
    if (!body) throw Error(Fault::NotFound, concat(http_.url().str(), " hands out no ", role, " key for ", gun_));
    const auto document = tuf::JsonDocument::parse(std::move(*body));
    return tuf::decode_key(document.root());
}

void NotaryApi::publish(const std::vector<tuf::UploadedFile>& files) {
    const std::string boundary = to_hex(tuf::random_bytes(30));
    HttpRequest request;
    request.method = "POST";
    request.headers["Content-Type"] = concat("multipart/form-data; boundary=", boundary);
    for (const tuf::UploadedFile& file : files)
        request.body += concat("--", boundary, "\r\nContent-Disposition: form-data; name=\"files\"; filename=\"",
                               file.role, "\"\r\nContent-Type: application/octet-stream\r\n\r\n", file.bytes, "\r\n");
    request.body += concat("--", boundary, "--\r\n");
    const HttpAnswer answer = send(std::move(request));
    if (answer.status == 400) refuse_publish(answer);
    if (answer.status == 404)
        throw Error(Fault::NotFound, concat(http_.url().str(), " takes no metadata for ", gun_, ": 404"));
}

}  // namespace sello::client
