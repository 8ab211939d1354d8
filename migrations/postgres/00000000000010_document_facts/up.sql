-- What the access rules have to know of a document, beside its metadata: its row of the habilitation matrix ('' where its type
-- code means none), its confidentiality level, the authenticated author of the submission ('' where none was known), and
-- whether identito-vigilance took it out of sight. Conditions on them stand beside one on the patient, whose index serves.
ALTER TABLE document_entries ADD COLUMN document_type TEXT NOT NULL DEFAULT '';
ALTER TABLE document_entries ADD COLUMN level TEXT NOT NULL DEFAULT 'STANDARD';
ALTER TABLE document_entries ADD COLUMN author_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE document_entries ADD COLUMN author_id TEXT NOT NULL DEFAULT '';
ALTER TABLE document_entries ADD COLUMN activation TEXT NOT NULL DEFAULT 'active';
