-- Audit records of other systems (ITI-20). "id" is that of the record of the trail that tells of the reception and holds the hash
-- of this row: so it is a link of a chain, and goes when that record goes. "content" is what came, encrypted.
CREATE TABLE received_records (
    id           TEXT    NOT NULL PRIMARY KEY,
    received_at  BIGINT  NOT NULL,
    recorded_at  BIGINT  NOT NULL,
    transport    TEXT    NOT NULL,
    format       TEXT    NOT NULL,
    sender       TEXT    NOT NULL,
    certificate  TEXT,
    priority     INTEGER,
    hostname     TEXT,
    app_name     TEXT,
    process_id   TEXT,
    message_id   TEXT,
    content      BYTEA   NOT NULL
);
CREATE INDEX received_records_time ON received_records (recorded_at, id);
