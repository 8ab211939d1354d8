-- What somebody sent themselves, found without a look at the rest of a record: who has no mandate sees nothing else of it, however
-- much it holds (access rules, 5.2). Documents whose author is not known are nobody's own.
CREATE INDEX document_entries_author ON document_entries (patient_id, author_kind, author_id) WHERE author_kind <> '';
