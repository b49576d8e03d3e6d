#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/remote/http_client.h"
#include "tuf/crypto/public_key.h"
#include "tuf/names/gun.h"
#include "tuf/names/role_name.h"
#include "tuf/names/version.h"
#include "tuf/trust/validate_update.h"

namespace sello::client {

/// What a root may measure at most, where no length is listed for it.
inline constexpr std::size_t kMaxRootBytes = std::size_t{100} << 20U;

/// A trust server's routes, for one collection. Statuses become faults: 404 is absence, 401 Unauthorized, 400 is what
/// the server says, anything else Unavailable.
class NotaryApi {
public:
    NotaryApi(HttpClient& http, tuf::Gun gun) : http_(http), gun_(std::move(gun)) {}

    /// The current file of a role; nullopt if there is none.
    [[nodiscard]] std::optional<Bytes> current(const tuf::RoleName& role, std::size_t max_bytes);
    [[nodiscard]] std::optional<Bytes> by_checksum(const tuf::RoleName& role, const std::string& sha256_hex,
                                                   std::size_t max_bytes);
    [[nodiscard]] std::optional<Bytes> by_version(const tuf::RoleName& role, tuf::Version version,
                                                  std::size_t max_bytes);
    /// The key that the server signs this role with.
    [[nodiscard]] tuf::PublicKey server_key(const tuf::RoleName& role);
    /// Throws Error(Fault::Conflict) if another publisher was first, Fault::FailedPrecondition with the server's own
    /// words for any other refusal.
    void publish(const std::vector<tuf::UploadedFile>& files);

private:
    [[nodiscard]] HttpAnswer send(HttpRequest request);
    [[nodiscard]] std::optional<Bytes> get(const std::string& tail, std::size_t max_bytes);

    HttpClient& http_;
    tuf::Gun gun_;
};

}  // namespace sello::client
