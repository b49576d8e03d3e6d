-- When each collection's newest timestamp was stored, so that those due for renewal are
-- found without a look at every version.
CREATE TABLE sello_newest_timestamps (
    gun TEXT PRIMARY KEY,
    created_at TEXT
) WITHOUT ROWID;

INSERT INTO sello_newest_timestamps (gun, created_at)
SELECT gun, created_at FROM tuf_files AS stored
WHERE role = 'timestamp' AND deleted_at IS NULL AND version = (
    SELECT max(version) FROM tuf_files
    WHERE gun = stored.gun AND role = 'timestamp' AND deleted_at IS NULL
);

-- A version is only ever added above those that are there, and a collection is removed whole.
CREATE TRIGGER sello_timestamp_added AFTER INSERT ON tuf_files WHEN NEW.role = 'timestamp' BEGIN
    INSERT INTO sello_newest_timestamps (gun, created_at) VALUES (NEW.gun, NEW.created_at)
    ON CONFLICT (gun) DO UPDATE SET created_at = excluded.created_at;
END;
CREATE TRIGGER sello_timestamp_removed AFTER DELETE ON tuf_files WHEN OLD.role = 'timestamp' BEGIN
    DELETE FROM sello_newest_timestamps WHERE gun = OLD.gun;
END;
