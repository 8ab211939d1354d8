-- The record of each patient as the access rules need it, one row each, so that one look decides: what was granted, declared
-- and decided. "content" holds it as JSON; "version" counts its changes; "due_at" is when something happens to it by itself.
CREATE TABLE care_records (
    patient_id  TEXT   NOT NULL PRIMARY KEY REFERENCES patients (patient_id),
    version     BIGINT NOT NULL,
    due_at      BIGINT,
    content     TEXT   NOT NULL
);
CREATE INDEX care_records_due ON care_records (due_at) WHERE due_at IS NOT NULL;
