#include "server/handlers/notary_error.h"

#include "tuf/base/log.h"
#include "tuf/trust/validate_update.h"

namespace sello::server {
namespace {

using nlohmann::json;

/// Notary's clients read 1 KiB of an error and lose the detail of longer ones.
std::string shortened(std::string text) {
    constexpr std::size_t limit = 600;
    if (text.size() > limit) text = text.substr(0, limit) + "...";
    return text;
}

const char* part_name(tuf::UpdatePart part) {
    switch (part) {
        case tuf::UpdatePart::Root: return "ErrBadRoot";
        case tuf::UpdatePart::Targets: return "ErrBadTargets";
        case tuf::UpdatePart::Snapshot: return "ErrBadSnapshot";
        case tuf::UpdatePart::Envelope:
        case tuf::UpdatePart::General: break;
    }
    return "ErrValidation";
}

http::Response update_response(const tuf::UpdateError& error) {
    if (error.part() == tuf::UpdatePart::Envelope) return error_response(codes::kMalformedJson);
    return error_response(codes::kInvalidUpdate,
                          {{"Name", part_name(error.part())}, {"Error", {{"Msg", shortened(error.what())}}}});
}

http::Response fault_response(Fault fault) {
    switch (fault) {
        case Fault::NotFound: return error_response(codes::kMetadataNotFound, json::object());
        case Fault::Conflict: return error_response(codes::kVersion, json::object());
        case Fault::Malformed:
        case Fault::TooLarge: return error_response(codes::kMalformedUpload);
        case Fault::WrongType:
        case Fault::ThresholdNotMet:
        case Fault::Rollback:
        case Fault::VersionMismatch:
        case Fault::DigestMismatch:
        case Fault::Untrusted: return error_response(codes::kInvalidUpdate);
        case Fault::Unauthorized: return error_response({"UNAUTHORIZED", 401, "authentication required"});
        case Fault::ResourceExhausted: return error_response(codes::kBusy);
        case Fault::Expired:
        case Fault::BadConfiguration:
        case Fault::Unavailable:
        case Fault::DeadlineExceeded:
        case Fault::FailedPrecondition:
        case Fault::DataLoss:
        case Fault::Storage:
        case Fault::Crypto:
        case Fault::Internal: break;
    }
    return error_response(codes::kUnknown, json::object());
}

http::Response response_for(const std::exception& thrown) {
    if (const auto* notary = dynamic_cast<const NotaryError*>(&thrown))
        return error_response(notary->code(), notary->detail());
    if (const auto* update = dynamic_cast<const tuf::UpdateError*>(&thrown)) return update_response(*update);
    if (const auto* error = dynamic_cast<const Error*>(&thrown)) return fault_response(error->fault());
    return error_response(codes::kUnknown, json::object());
}

}  // namespace

http::Response error_response(const NotaryCode& code, const json& detail) {
    nlohmann::ordered_json error = {{"code", code.code}, {"message", code.message}};
    if (!detail.is_null()) error["detail"] = detail;
    nlohmann::ordered_json body;
    body["errors"] = nlohmann::ordered_json::array({std::move(error)});
    auto text = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    return {code.status,
            {{"Content-Type", "application/json; charset=utf-8"}},
            std::make_shared<const std::string>(std::move(text))};
}

http::Response to_response(const http::Request& request, const std::exception& thrown) {
    http::Response response = response_for(thrown);
    log::write(response.status >= 500 ? log::Level::Error : log::Level::Info, "request refused",
               {{"request_id", request.request_id},
                {"remote", request.remote},
                {"method", request.method_name},
                {"path", request.path.substr(0, 512)},
                {"status", response.status},
                {"reason", thrown.what()}});
    return response;
}

}  // namespace sello::server
