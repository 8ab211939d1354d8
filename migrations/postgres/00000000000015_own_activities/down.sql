DROP INDEX audit_events_actor;
CREATE INDEX audit_events_actor ON audit_events (patient_id, actor, occurred_at, sequence);
