-- The tables of Notary's server, with SQLite's types. Times are RFC 3339 in UTC.
CREATE TABLE tuf_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at TEXT,
    updated_at TEXT,
    deleted_at TEXT,
    gun TEXT NOT NULL,
    role TEXT NOT NULL,
    version INTEGER NOT NULL,
    data BLOB NOT NULL,
    sha256 TEXT,
    UNIQUE (gun, role, version)
);
CREATE INDEX tuf_files_sha256_idx ON tuf_files (sha256);

CREATE TABLE change_category (category TEXT PRIMARY KEY);
INSERT INTO change_category (category) VALUES ('update'), ('deletion');

-- AUTOINCREMENT: an id is never given twice, so that a reader of the changefeed misses nothing.
CREATE TABLE changefeed (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at TEXT,
    gun TEXT NOT NULL,
    version INTEGER NOT NULL,
    sha256 TEXT,
    category TEXT NOT NULL DEFAULT 'update' REFERENCES change_category (category)
);
CREATE INDEX idx_changefeed_gun ON changefeed (gun);
