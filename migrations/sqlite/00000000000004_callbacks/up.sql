-- Answers that were promised to a callback address (ITI TF-2: V.5), until they are delivered. Their bytes lie encrypted in
-- the content store; the sealed key that opens them is here alone.
CREATE TABLE held_answers (
    request_id   TEXT    NOT NULL PRIMARY KEY,
    callback     TEXT    NOT NULL,
    content_type TEXT    NOT NULL,
    content_key  TEXT    NOT NULL UNIQUE,
    sealed_key   BLOB    NOT NULL,
    size         BIGINT  NOT NULL,
    attempts     INTEGER NOT NULL,
    held_at      BIGINT  NOT NULL,
    due_at       BIGINT  NOT NULL
);
CREATE INDEX held_answers_due ON held_answers (due_at);
