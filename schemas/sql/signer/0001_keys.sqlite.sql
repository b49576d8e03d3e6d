-- The index of all keys: Notary's table, names and meaning. Times are UTC, `YYYY-MM-DD HH:MM:SS`.
-- last_used is null until the key's first signature. Soft-deleted rows keep their key_id.
-- A key that a token holds has keywrap_alg PKCS11, an empty passphrase_alias and an empty private column: what opens it is
-- in a table of Sello's own.
CREATE TABLE private_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at TIMESTAMP,
    updated_at TIMESTAMP,
    deleted_at TIMESTAMP,
    key_id VARCHAR(255) NOT NULL,
    encryption_alg VARCHAR(255) NOT NULL,
    keywrap_alg VARCHAR(255) NOT NULL,
    algorithm VARCHAR(50) NOT NULL,
    passphrase_alias VARCHAR(50) NOT NULL,
    public BLOB NOT NULL,
    private BLOB NOT NULL,
    gun VARCHAR(255) NOT NULL,
    role VARCHAR(255) NOT NULL,
    last_used DATETIME,
    CONSTRAINT key_id UNIQUE (key_id),
    CONSTRAINT key_id_2 UNIQUE (key_id, algorithm)
);
CREATE INDEX sello_pending_keys ON private_keys (gun, role, algorithm, key_id)
    WHERE last_used IS NULL AND deleted_at IS NULL;

-- What a token needs to use a key: the private half, wrapped under a key that never leaves the token.
CREATE TABLE sello_wrapped_keys (
    key_id VARCHAR(255) NOT NULL PRIMARY KEY REFERENCES private_keys (key_id),
    token_serial VARCHAR(255) NOT NULL,
    kek_id BLOB NOT NULL,        -- CKA_ID of the wrapping key
    mechanism BIGINT NOT NULL,   -- CKM number that wrapped it
    wrapped BLOB NOT NULL
);
