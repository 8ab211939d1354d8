-- The activity history of a record. "id" names an event for its readers: unlike "sequence" it tells nothing of other events.
-- "actor" is who acted, as kind and key in the directory of that kind.
ALTER TABLE audit_events ADD COLUMN id TEXT;
ALTER TABLE audit_events ADD COLUMN actor TEXT;
UPDATE audit_events SET id = gen_random_uuid()::text;
ALTER TABLE audit_events ALTER COLUMN id SET NOT NULL;
CREATE UNIQUE INDEX audit_events_id ON audit_events (id);
DROP INDEX audit_events_patient;
CREATE INDEX audit_events_patient ON audit_events (patient_id, occurred_at, sequence);
CREATE INDEX audit_events_actor ON audit_events (patient_id, actor, occurred_at, sequence);
