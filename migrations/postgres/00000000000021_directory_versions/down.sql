DROP INDEX patients_updated_at;
DROP INDEX establishments_updated_at;
DROP INDEX professionals_updated_at;
ALTER TABLE legal_representatives DROP COLUMN updated_at;
ALTER TABLE connected_systems DROP COLUMN updated_at;
ALTER TABLE establishments DROP COLUMN updated_at;
ALTER TABLE professionals DROP COLUMN updated_at;
DROP TABLE directory_versions;
