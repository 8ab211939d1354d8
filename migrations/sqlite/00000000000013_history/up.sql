-- The activity history of a record. "id" names an event for its readers: unlike "sequence" it tells nothing of other events.
-- "actor" is who acted, as kind and key in the directory of that kind.
ALTER TABLE audit_events ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE audit_events ADD COLUMN actor TEXT;
UPDATE audit_events SET id = lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-8' || substr(h, 18, 3) || '-' || substr(h, 21, 12))
    FROM (SELECT sequence AS s, hex(randomblob(16)) AS h FROM audit_events) WHERE sequence = s;
CREATE UNIQUE INDEX audit_events_id ON audit_events (id);
DROP INDEX audit_events_patient;
CREATE INDEX audit_events_patient ON audit_events (patient_id, occurred_at, sequence);
CREATE INDEX audit_events_actor ON audit_events (patient_id, actor, occurred_at, sequence);

-- The patients of an event but the first, whom the event names itself.
CREATE TABLE audit_event_patients (
    sequence     INTEGER NOT NULL REFERENCES audit_events (sequence),
    patient_id   TEXT    NOT NULL,
    occurred_at  BIGINT  NOT NULL,
    PRIMARY KEY (sequence, patient_id)
) WITHOUT ROWID;
CREATE INDEX audit_event_patients_patient ON audit_event_patients (patient_id, occurred_at, sequence);
INSERT INTO audit_event_patients SELECT DISTINCT sequence, value, occurred_at FROM audit_events, json_each(content, '$.patient_ids')
    WHERE key > 0 AND value <> patient_id;
