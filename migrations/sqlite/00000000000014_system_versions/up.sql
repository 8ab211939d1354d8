-- How often a connected system was written: who changes one says which version they saw.
ALTER TABLE connected_systems ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX connected_systems_establishment ON connected_systems (establishment);
