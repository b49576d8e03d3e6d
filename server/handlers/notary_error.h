#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "server/http/message.h"
#include "tuf/base/error.h"

namespace sello::server {

/// One of Notary's answers to a request that it refuses.
struct NotaryCode {
    const char* code;
    unsigned status;
    const char* message;
};

namespace codes {
inline constexpr NotaryCode kMetadataNotFound{"METADATA_NOT_FOUND", 404,
                                              "You have requested metadata that does not exist."};
inline constexpr NotaryCode kInvalidGun{"INVALID_GUN", 400,
                                        "The server does not support actions on images of this name."};
inline constexpr NotaryCode kMalformedUpload{"MALFORMED_UPLOAD", 400, "The body of your request is malformed."};
inline constexpr NotaryCode kNoFilename{"NO_FILENAME", 400, "No file/role name provided."};
inline constexpr NotaryCode kInvalidRole{"INVALID_ROLE", 400, "The role you are attempting to operate on is invalid."};
inline constexpr NotaryCode kMalformedJson{"MALFORMED_JSON", 400,
                                           "JSON sent by the client could not be parsed by the server"};
inline constexpr NotaryCode kInvalidUpdate{"INVALID_UPDATE", 400, "Update sent by the client is invalid."};
inline constexpr NotaryCode kVersion{"VERSION", 400, "A newer version of metadata is already available."};
inline constexpr NotaryCode kUpdating{"UPDATING", 500, "An error has occurred while updating the TUF repository."};
inline constexpr NotaryCode kInvalidParameters{"INVALID_PARAMETERS", 400, "The parameters provided are not valid."};
inline constexpr NotaryCode kBusy{"UNAVAILABLE", 503, "The server is busy. Try again later."};
inline constexpr NotaryCode kUnknown{"UNKNOWN", 500, "unknown error"};
}  // namespace codes

/// A refusal with Notary's own code; `detail` null is left out of the answer.
class NotaryError : public Error {
public:
    NotaryError(NotaryCode code, Fault fault, const std::string& message, nlohmann::json detail = nullptr)
        : Error(fault, message), code_(code), detail_(std::move(detail)) {}
    [[nodiscard]] const NotaryCode& code() const noexcept { return code_; }
    [[nodiscard]] const nlohmann::json& detail() const noexcept { return detail_; }

private:
    NotaryCode code_;
    nlohmann::json detail_;
};

/// {"errors":[{"code":...,"message":...,"detail":...}]} and a newline.
[[nodiscard]] http::Response error_response(const NotaryCode& code, const nlohmann::json& detail = nullptr);

/// The answer to whatever a handler threw, logged here: client errors at info, ours at error.
[[nodiscard]] http::Response to_response(const http::Request& request, const std::exception& thrown);

}  // namespace sello::server
