-- What one person did to a record is found by both names together, with the same statement as on SQLite.
DROP INDEX audit_events_actor;
CREATE INDEX audit_events_actor ON audit_events ((patient_id || ' ' || actor), occurred_at, sequence);
