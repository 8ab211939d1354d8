-- What a grant, an episode or the emergency setting was before it was changed: "content" is the record with nothing else in it.
CREATE TABLE item_versions (
    item         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    patient_id   TEXT   NOT NULL REFERENCES patients (patient_id),
    replaced_at  BIGINT NOT NULL,
    content      TEXT   NOT NULL,
    PRIMARY KEY (item, version)
);
CREATE INDEX item_versions_of_patient ON item_versions (patient_id);
