ALTER TABLE establishments DROP COLUMN version;
ALTER TABLE professionals DROP COLUMN version;
ALTER TABLE patients DROP COLUMN version;
DROP INDEX patients_birth_date;
ALTER TABLE patients DROP COLUMN birth_date;
DROP TABLE directory_names;
DROP TABLE legal_representatives;
DROP TABLE establishment_oids;
