-- What one person did to a record is found by both names together: with an index that begins with the patient alone in reach, SQLite
-- takes that, and reads all that anybody did to the record.
DROP INDEX audit_events_actor;
CREATE INDEX audit_events_actor ON audit_events (patient_id || ' ' || actor, occurred_at, sequence);
