-- The OIDs by which requests name an establishment.
CREATE TABLE establishment_oids (
    oid            TEXT NOT NULL PRIMARY KEY,
    establishment  TEXT NOT NULL REFERENCES establishments (id)
);
CREATE INDEX establishment_oids_establishment ON establishment_oids (establishment);
INSERT INTO establishment_oids
    SELECT content::jsonb ->> 'oid', id FROM establishments WHERE content::jsonb ->> 'oid' IS NOT NULL ON CONFLICT DO NOTHING;

-- Who represents a minor; "content" says from when until when.
CREATE TABLE legal_representatives (
    child           TEXT NOT NULL REFERENCES patients (patient_id),
    representative  TEXT NOT NULL REFERENCES patients (patient_id),
    content         TEXT NOT NULL,
    version         BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (child, representative)
);
CREATE INDEX legal_representatives_representative ON legal_representatives (representative);

-- Words of names, in small letters without accents, under which entries of the directories are found.
CREATE TABLE directory_names (
    directory  TEXT NOT NULL,
    word       TEXT COLLATE "C" NOT NULL,
    part       TEXT NOT NULL,
    id         TEXT NOT NULL,
    PRIMARY KEY (directory, word, part, id)
);
CREATE INDEX directory_names_id ON directory_names (directory, id);
INSERT INTO directory_names SELECT 'professionals', lower(content::jsonb ->> 'family'), 'family', id FROM professionals;
INSERT INTO directory_names SELECT 'establishments', lower(content::jsonb ->> 'name'), 'name', id FROM establishments;
INSERT INTO directory_names SELECT 'patients', lower(demographics::jsonb -> 'name' ->> 'family'), 'family', patient_id FROM patients
    WHERE demographics::jsonb -> 'name' ->> 'family' IS NOT NULL;

ALTER TABLE patients ADD COLUMN birth_date TEXT COLLATE "C";
UPDATE patients SET birth_date = demographics::jsonb ->> 'birth_date';
CREATE INDEX patients_birth_date ON patients (birth_date) WHERE birth_date IS NOT NULL;

-- How often an entry was written: who changes one says which version they saw.
ALTER TABLE patients ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE professionals ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE establishments ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
