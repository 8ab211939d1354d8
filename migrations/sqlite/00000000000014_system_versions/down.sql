ALTER TABLE connected_systems DROP COLUMN version;
