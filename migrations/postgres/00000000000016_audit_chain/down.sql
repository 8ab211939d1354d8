DROP TABLE audit_seals;
DROP TABLE audit_amendments;
DROP TABLE audit_writers;
DROP INDEX audit_events_chain;
ALTER TABLE audit_events DROP COLUMN digest;
ALTER TABLE audit_events DROP COLUMN number;
ALTER TABLE audit_events DROP COLUMN writer;
