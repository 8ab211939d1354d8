DROP TABLE audit_event_patients;
