-- The patients beyond the first of audit records that name several, so that the trace of each can be found and purged.
CREATE TABLE audit_event_patients (
    patient_id  TEXT   NOT NULL,
    sequence    BIGINT NOT NULL REFERENCES audit_events (sequence) ON DELETE CASCADE,
    PRIMARY KEY (patient_id, sequence)
);
CREATE INDEX audit_event_patients_event ON audit_event_patients (sequence);
INSERT OR IGNORE INTO audit_event_patients (patient_id, sequence)
    SELECT other.value, audit_events.sequence
    FROM audit_events, json_each(audit_events.content, '$.patient_ids') AS other
    WHERE other.key > 0 AND other.value <> audit_events.patient_id;
