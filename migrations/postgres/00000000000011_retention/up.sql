-- The patients beyond the first of audit records that name several, so that the trace of each can be found and purged.
CREATE TABLE audit_event_patients (
    patient_id  TEXT   NOT NULL,
    sequence    BIGINT NOT NULL REFERENCES audit_events (sequence) ON DELETE CASCADE,
    PRIMARY KEY (patient_id, sequence)
);
CREATE INDEX audit_event_patients_event ON audit_event_patients (sequence);
INSERT INTO audit_event_patients (patient_id, sequence)
    SELECT DISTINCT other.value, audit_events.sequence
    FROM audit_events, jsonb_array_elements_text(audit_events.content::jsonb -> 'patient_ids') AS other
    WHERE other.value <> audit_events.patient_id;
