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
