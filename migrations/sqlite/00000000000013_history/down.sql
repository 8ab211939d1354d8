DROP INDEX audit_events_actor;
DROP INDEX audit_events_patient;
CREATE INDEX audit_events_patient ON audit_events (patient_id, occurred_at);
DROP INDEX audit_events_id;
ALTER TABLE audit_events DROP COLUMN actor;
ALTER TABLE audit_events DROP COLUMN id;
