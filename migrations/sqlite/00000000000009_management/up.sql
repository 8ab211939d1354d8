-- The patient's presence code: a salted slow hash (PHC string), never the code. "changed_by" is as the audit trail names them.
CREATE TABLE presence_codes (
    patient_id  TEXT   NOT NULL PRIMARY KEY REFERENCES patients (patient_id),
    hash        TEXT   NOT NULL,
    set_at      BIGINT NOT NULL,
    changed_by  TEXT   NOT NULL
);

-- Wrong presence codes that a professional entered: for one patient, or, where "patient_id" is empty, for any. Patients need
-- not exist. "content" holds the failures that still count as JSON; after "forget_at" the row says nothing any more.
CREATE TABLE presence_code_attempts (
    professional  TEXT   NOT NULL,
    patient_id    TEXT   NOT NULL,
    forget_at     BIGINT NOT NULL,
    content       TEXT   NOT NULL,
    PRIMARY KEY (professional, patient_id)
);

-- In whose record a grant or an episode is, by its name as a resource.
CREATE TABLE record_items (
    id          TEXT NOT NULL PRIMARY KEY,
    patient_id  TEXT NOT NULL REFERENCES patients (patient_id)
);
CREATE INDEX record_items_of_patient ON record_items (patient_id);

-- What somebody is told about a record. "recipient_kind" is patient, professional or health-fund; "content" is JSON.
CREATE TABLE notices (
    id              TEXT   NOT NULL PRIMARY KEY,
    recipient_kind  TEXT   NOT NULL,
    recipient_id    TEXT   NOT NULL,
    patient_id      TEXT   NOT NULL REFERENCES patients (patient_id),
    created_at      BIGINT NOT NULL,
    content         TEXT   NOT NULL
);
CREATE INDEX notices_of_recipient ON notices (recipient_kind, recipient_id, created_at);
