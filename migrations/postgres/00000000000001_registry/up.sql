-- Registry and repository of one affinity domain.
-- Times in columns: *_at are microseconds since 1970 UTC; metadata times are 14-digit DTM in UTC.
-- Codes in columns are written code^^scheme. "content" holds the whole object as JSON, so that an answer needs no join.
-- patient_id leads every index that a patient's request uses, so that rows can be partitioned by patient.

CREATE TABLE patients (
    patient_id    TEXT   NOT NULL PRIMARY KEY,
    demographics  TEXT   NOT NULL,
    merged_into   TEXT   REFERENCES patients (patient_id),
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);

-- Those merged into a patient follow that patient's own merge.
CREATE INDEX patients_merged_into ON patients (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE patient_aliases (
    alias       TEXT NOT NULL PRIMARY KEY,
    patient_id  TEXT NOT NULL REFERENCES patients (patient_id)
);
CREATE INDEX patient_aliases_patient ON patient_aliases (patient_id);

CREATE TABLE submission_sets (
    entry_uuid           TEXT   NOT NULL PRIMARY KEY,
    patient_id           TEXT   NOT NULL REFERENCES patients (patient_id),
    unique_id            TEXT   NOT NULL UNIQUE,
    source_id            TEXT   NOT NULL,
    submission_time      TEXT   NOT NULL,
    content_type_code    TEXT   NOT NULL,
    availability_status  TEXT   NOT NULL,
    registered_at        BIGINT NOT NULL,
    content              TEXT   NOT NULL
);
CREATE INDEX submission_sets_patient ON submission_sets (patient_id, submission_time);

CREATE TABLE document_entries (
    entry_uuid                     TEXT    NOT NULL PRIMARY KEY,
    patient_id                     TEXT    NOT NULL REFERENCES patients (patient_id),
    logical_id                     TEXT    NOT NULL,
    version                        INTEGER NOT NULL,
    unique_id                      TEXT    NOT NULL,
    repository_unique_id           TEXT    NOT NULL,
    availability_status            TEXT    NOT NULL,
    object_type                    TEXT    NOT NULL,
    class_code                     TEXT    NOT NULL,
    type_code                      TEXT    NOT NULL,
    format_code                    TEXT    NOT NULL,
    healthcare_facility_type_code  TEXT    NOT NULL,
    practice_setting_code          TEXT    NOT NULL,
    creation_time                  TEXT,
    service_start_time             TEXT,
    service_stop_time              TEXT,
    hash                           TEXT,
    size                           BIGINT,
    submission_set                 TEXT    NOT NULL REFERENCES submission_sets (entry_uuid),
    registered_at                  BIGINT  NOT NULL,
    content                        TEXT    NOT NULL,
    UNIQUE (logical_id, version)
);
CREATE INDEX document_entries_patient ON document_entries (patient_id, availability_status, creation_time, entry_uuid);
-- Leads from a document to its patient without a look at the entry.
CREATE INDEX document_entries_unique_id ON document_entries (unique_id, patient_id);

-- Multi-valued attributes that queries look into, of entries (eventCode, confidentialityCode, authorPerson,
-- referenceId), submission sets (authorPerson) and folders (code).
CREATE TABLE object_values (
    entry_uuid  TEXT NOT NULL,
    attribute   TEXT NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (entry_uuid, attribute, value)
);

CREATE TABLE folders (
    entry_uuid           TEXT    NOT NULL PRIMARY KEY,
    patient_id           TEXT    NOT NULL REFERENCES patients (patient_id),
    logical_id           TEXT    NOT NULL,
    version              INTEGER NOT NULL,
    unique_id            TEXT    NOT NULL,
    availability_status  TEXT    NOT NULL,
    last_update_time     TEXT    NOT NULL,
    submission_set       TEXT    NOT NULL REFERENCES submission_sets (entry_uuid),
    registered_at        BIGINT  NOT NULL,
    content              TEXT    NOT NULL,
    UNIQUE (logical_id, version),
    UNIQUE (unique_id, version)
);
CREATE INDEX folders_patient ON folders (patient_id, availability_status, last_update_time);

CREATE TABLE associations (
    entry_uuid           TEXT   NOT NULL PRIMARY KEY,
    patient_id           TEXT   NOT NULL REFERENCES patients (patient_id),
    association_type     TEXT   NOT NULL,
    source               TEXT   NOT NULL,
    target               TEXT   NOT NULL,
    availability_status  TEXT   NOT NULL,
    submission_set       TEXT   NOT NULL REFERENCES submission_sets (entry_uuid),
    registered_at        BIGINT NOT NULL,
    content              TEXT   NOT NULL
);
CREATE INDEX associations_source ON associations (patient_id, source, association_type);
CREATE INDEX associations_target ON associations (patient_id, target, association_type);

-- What this repository holds: where the bytes are and the sealed key that opens them.
CREATE TABLE documents (
    unique_id    TEXT   NOT NULL PRIMARY KEY,
    content_key  TEXT   NOT NULL UNIQUE,
    sealed_key   BYTEA  NOT NULL,
    size         BIGINT NOT NULL,
    sha1         TEXT   NOT NULL,
    sha256       TEXT   NOT NULL,
    mime_type    TEXT   NOT NULL,
    stored_at    BIGINT NOT NULL
);

-- One record for each transaction, written with its effect; delivered later.
CREATE TABLE audit_events (
    sequence     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occurred_at  BIGINT NOT NULL,
    transaction_id TEXT NOT NULL,
    outcome      TEXT   NOT NULL,
    patient_id   TEXT,
    content      TEXT   NOT NULL
);
CREATE INDEX audit_events_patient ON audit_events (patient_id, occurred_at);

CREATE TABLE establishments (
    id       TEXT NOT NULL PRIMARY KEY,
    content  TEXT NOT NULL
);

CREATE TABLE professionals (
    id       TEXT NOT NULL PRIMARY KEY,
    content  TEXT NOT NULL
);
