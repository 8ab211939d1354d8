-- How far each audit record repository has the trail. Until "due_at" (microseconds since 1970) nobody but "holder" delivers to it;
-- "attempts" counts failures in a row.
CREATE TABLE audit_deliveries (
    repository  TEXT    NOT NULL PRIMARY KEY,
    sequence    BIGINT  NOT NULL,
    holder      TEXT    NOT NULL,
    due_at      BIGINT  NOT NULL,
    attempts    INTEGER NOT NULL
);
