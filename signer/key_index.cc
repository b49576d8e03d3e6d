#include "signer/key_index.h"

#include "schemas/sql/migrations.h"

namespace sello::signer {
namespace {

constexpr const char* kTokenKeywrap = "PKCS11";

/// What every read selects, in the order that `row_of` reads.
const std::string kSelect =
    "SELECT k.algorithm, k.public, k.gun, k.role, k.last_used IS NOT NULL, "
    "w.token_serial, w.kek_id, w.mechanism, w.wrapped "
    "FROM private_keys k JOIN sello_wrapped_keys w ON w.key_id = k.key_id ";

IndexedKey row_of(const schemas::Statement& row) {
    return {.record = {tuf::PublicKey(row.text(0), row.blob(1)), tuf::Gun(row.text(2)), tuf::notary_role(row.text(3))},
            .wrapped = {.token_serial = row.text(5),
                        .kek_id = row.blob(6),
                        .mechanism = static_cast<std::uint64_t>(row.integer(7)),
                        .blob = row.blob(8)},
            .has_signed = row.integer(4) != 0};
}

std::optional<IndexedKey> pending_key(schemas::Database& database, const std::string& algorithm, const tuf::Gun& gun,
                                      const tuf::RoleName& role) {
    auto rows = database.prepare(kSelect +
                                 "WHERE k.deleted_at IS NULL AND k.last_used IS NULL AND k.algorithm = $1 "
                                 "AND k.gun = $2 AND k.role = $3 ORDER BY k.key_id, k.id LIMIT 1");
    rows.bind_all(algorithm, gun.str(), role.str());
    if (!rows.next()) return std::nullopt;
    return row_of(rows);
}

/// `2026-11-21 20:00:00`: how the columns of private_keys write UTC.
std::string sql_time(Instant when) {
    when.nanoseconds = 0;
    std::string text = to_rfc3339(when);
    text[10] = ' ';
    text.pop_back();
    return text;
}

}  // namespace

KeyIndex::KeyIndex(const std::string& path, const Clock& clock) : writer_(path), reader_(path), clock_(clock) {
    schemas::migrate(writer_, schemas::signer_migrations());
}

std::optional<IndexedKey> KeyIndex::find(const tuf::KeyId& id) {
    const std::lock_guard lock(reading_);
    auto rows = reader_.prepare(kSelect + "WHERE k.deleted_at IS NULL AND k.key_id = $1");
    rows.bind_all(id.str());
    if (!rows.next()) return std::nullopt;
    return row_of(rows);
}

std::optional<IndexedKey> KeyIndex::find_pending(const std::string& algorithm, const tuf::Gun& gun,
                                                 const tuf::RoleName& role) {
    const std::lock_guard lock(reading_);
    return pending_key(reader_, algorithm, gun, role);
}

IndexedKey KeyIndex::insert_unless_pending(const IndexedKey& key) {
    const KeyRecord& record = key.record;
    const std::string now = sql_time(clock_.now());
    const std::lock_guard lock(writing_);
    schemas::Transaction transaction(writer_);
    if (auto standing = pending_key(writer_, record.public_key.type_name(), record.gun, record.role)) return *standing;
    auto row = writer_.prepare(
        "INSERT INTO private_keys (created_at, updated_at, key_id, encryption_alg, keywrap_alg, algorithm, "
        "passphrase_alias, public, private, gun, role) VALUES ($1, $1, $2, '', $3, $4, '', $5, x'', $6, $7)");
    row.bind(1, now).bind(2, record.public_key.id().str()).bind(3, kTokenKeywrap);
    row.bind(4, record.public_key.type_name()).bind_blob(5, record.public_key.bytes());
    row.bind(6, record.gun.str()).bind(7, record.role.str());
    row.run();
    auto wrapped = writer_.prepare(
        "INSERT INTO sello_wrapped_keys (key_id, token_serial, kek_id, mechanism, wrapped) VALUES ($1, $2, $3, $4, "
        "$5)");
    wrapped.bind(1, record.public_key.id().str()).bind(2, key.wrapped.token_serial).bind_blob(3, key.wrapped.kek_id);
    wrapped.bind(4, static_cast<std::int64_t>(key.wrapped.mechanism)).bind_blob(5, key.wrapped.blob);
    wrapped.run();
    transaction.commit();
    return key;
}

void KeyIndex::mark_used(const std::map<tuf::KeyId, Instant>& uses) {
    const std::lock_guard lock(writing_);
    schemas::Transaction transaction(writer_);
    for (const auto& [id, when] : uses)
        writer_.prepare("UPDATE private_keys SET last_used = $2, updated_at = $2 WHERE key_id = $1")
            .bind_all(id.str(), sql_time(when))
            .run();
    transaction.commit();
}

void KeyIndex::mark_deleted(const tuf::KeyId& id) {
    const std::lock_guard lock(writing_);
    writer_.prepare("UPDATE private_keys SET deleted_at = $2, updated_at = $2 WHERE key_id = $1 AND deleted_at IS NULL")
        .bind_all(id.str(), sql_time(clock_.now()))
        .run();
}

}  // namespace sello::signer
