DROP INDEX connected_systems_establishment;
ALTER TABLE connected_systems DROP COLUMN version;
