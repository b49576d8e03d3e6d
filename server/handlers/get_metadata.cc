#include "server/handlers/get_metadata.h"

#include <charconv>

#include "server/handlers/notary_error.h"

namespace sello::server {
namespace {

[[noreturn]] void not_found(const TrustPath& path) {
    throw NotaryError(codes::kMetadataNotFound, Fault::NotFound, concat(path.gun, ": no ", path.tail),
                      nlohmann::json::object());
}

std::string cache_control(std::int64_t seconds, bool must_revalidate) {
    const std::string age = std::to_string(seconds);
    return concat("public, max-age=", age, ", s-maxage=", age, must_revalidate ? ", must-revalidate" : "");
}

std::optional<tuf::Version> parse_version(std::string_view digits) {
    if (digits.starts_with('0')) return std::nullopt;  // one name a version, so that each is kept once
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (fault != std::errc() || number < 1 || number > tuf::Version::kNotaryMax) return std::nullopt;
    return tuf::Version(number);
}

}  // namespace

tuf::Gun gun_of(std::string_view text) {
    try {
        return tuf::Gun(std::string(text));
    } catch (const Error& e) {
        throw NotaryError(codes::kInvalidGun, e.fault(), e.what());
    }
}

std::shared_ptr<const http::PreparedResponse> GetMetadata::find_ready(const http::Request& request) const {
    const auto path = split_trust_path(request.path);
    if (!path) return nullptr;
    return cache_.find(path->gun, path->tail, clock_.now().seconds);
}

http::Response GetMetadata::answer(const StoredMetadata& file, Addressing addressing) const {
    const bool current = addressing == Addressing::Current;
    const std::int64_t age = current ? ages_.current_metadata : ages_.consistent_metadata;
    http::Response response{200, {{"Content-Type", "text/plain; charset=utf-8"}}, file.bytes};
    if (age == 0) {
        response.headers.emplace_back("Cache-Control", "max-age=0, no-cache, no-store");
        response.headers.emplace_back("Pragma", "no-cache");
    } else {
        response.headers.emplace_back("Cache-Control", cache_control(age, current));
    }
    response.headers.emplace_back("Last-Modified", to_http_date(file.created_at));
    return response;
}

http::Response GetMetadata::keep(const tuf::Gun& gun, const TrustPath& path, const std::optional<StoredMetadata>& found,
                                 Addressing addressing) {
    if (!found) not_found(path);
    http::Response response = answer(*found, addressing);
    cache_.put_answer(gun, path.tail, std::make_shared<const http::PreparedResponse>(http::prepare(response)),
                      addressing == Addressing::Current);
    return response;
}

http::Response GetMetadata::current(const TrustPath& path, const CurrentFile& file) {
    const tuf::Gun gun = gun_of(path.gun);
    const std::string name(file.role);
    if (!tuf::is_notary_role(name)) not_found(path);
    const tuf::RoleName role(name);
    const bool is_fresh_role = role == tuf::timestamp_role() || role == tuf::snapshot_role();
    if (is_fresh_role) (void)collections_.current(gun);
    return collections_.with_stored(gun, [&](const Repository& repository) {
        const StoredMetadata* found = repository.find(role);
        return keep(gun, path, found == nullptr ? std::nullopt : std::optional(*found), Addressing::Current);
    });
}

http::Response GetMetadata::by_version(const TrustPath& path, const AddressedByVersion& file) {
    const tuf::Gun gun = gun_of(path.gun);
    const std::string role(file.role);
    const auto version = parse_version(file.version);
    if (!tuf::is_notary_role(role) || !version) not_found(path);
    return collections_.with_stored(gun, [&](const Repository&) {
        return keep(gun, path, store_.by_version(gun, tuf::RoleName(role), *version), Addressing::Consistent);
    });
}

http::Response GetMetadata::by_checksum(const TrustPath& path, const AddressedByChecksum& file) {
    const tuf::Gun gun = gun_of(path.gun);
    const std::string role(file.role);
    const std::string checksum(file.checksum);
    // Lower-case SHA-256 only, as Notary stores it.
    if (!tuf::is_notary_role(role) || checksum.size() != 64) not_found(path);
    return collections_.with_stored(gun, [&](const Repository& repository) {
        const StoredMetadata* current = repository.find(tuf::RoleName(role));
        if (current != nullptr && current->sha256_hex == checksum)
            return keep(gun, path, *current, Addressing::Consistent);
        return keep(gun, path, store_.by_checksum(gun, tuf::RoleName(role), checksum), Addressing::Consistent);
    });
}

}  // namespace sello::server
