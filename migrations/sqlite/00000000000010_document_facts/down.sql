ALTER TABLE document_entries DROP COLUMN activation;
ALTER TABLE document_entries DROP COLUMN author_id;
ALTER TABLE document_entries DROP COLUMN author_kind;
ALTER TABLE document_entries DROP COLUMN level;
ALTER TABLE document_entries DROP COLUMN document_type;
