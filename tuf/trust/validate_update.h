#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tuf/base/instant.h"
#include "tuf/metadata/codec.h"
#include "tuf/names/gun.h"
#include "tuf/names/role_name.h"

/// The rules for an upload, against what is stored. Source: Notary's server, with the stricter rules of DECISIONS.md.
namespace sello::tuf {

/// One uploaded file.
struct UploadedFile {
    RoleName role;
    Bytes bytes;
};

/// What the repository holds before the update; nothing in it has to be unexpired.
struct StoredState {
    std::shared_ptr<const Signed<Root>> root;          ///< null before the first publish
    std::shared_ptr<const Signed<Snapshot>> snapshot;  ///< null before the first publish
    std::shared_ptr<const Signed<Timestamp>> timestamp;
    /// The current file of `targets` or a delegation; null if there is none. May throw Error.
    std::function<std::shared_ptr<const Signed<Targets>>(const RoleName&)> targets;
};

struct UpdateLimits {
    std::int64_t max_version_step = 10'000;  ///< how far a version may jump at once
    JsonLimits json;
};

/// An upload that passed every check. Only validate_update makes one.
class ValidatedUpdate {
public:
    std::shared_ptr<const Signed<Root>> root;  ///< uploaded, or else the stored one
    bool root_is_new = false;
    std::map<RoleName, std::shared_ptr<const Signed<Targets>>> targets;  ///< uploaded ones
    /// Stored ancestors of the uploaded delegations, which a snapshot made by the server must list too.
    std::map<RoleName, std::shared_ptr<const Signed<Targets>>> ancestors;
    std::shared_ptr<const Signed<Snapshot>> snapshot;  ///< uploaded; null where the server is to make it

private:
    ValidatedUpdate() = default;
    friend class UpdateValidation;
};

/// Which of Notary's error names a refusal has, beside its message.
enum class UpdatePart { Envelope, General, Root, Targets, Snapshot };

class UpdateError : public Error {
public:
    UpdateError(UpdatePart part, Fault fault, const std::string& message) : Error(fault, message), part_(part) {}
    [[nodiscard]] UpdatePart part() const noexcept { return part_; }

private:
    UpdatePart part_;
};

/// The envelopes of an upload, by role.
using ParsedUpload = std::map<RoleName, Envelope>;

/// Parses an upload: what takes long with large files, and needs nothing of what is stored. Of two files for one role
/// the last counts; a timestamp is ignored. `limits.max_values` is for all files together. Throws UpdateError.
[[nodiscard]] ParsedUpload parse_upload(std::vector<UploadedFile> files, const JsonLimits& limits = {});

/// Checks an upload against what is stored. Throws UpdateError, and whatever `stored.targets` throws.
[[nodiscard]] ValidatedUpdate validate_update(const Gun& gun, const StoredState& stored, ParsedUpload upload,
                                              const Instant& now, const UpdateLimits& limits = {});

}  // namespace sello::tuf
