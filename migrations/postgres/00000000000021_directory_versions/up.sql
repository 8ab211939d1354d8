-- Entries of the directories as they were before they were replaced. "directory" is the table and "entry_key" the key there, of a
-- representative that of the child, ~ and their own; "updated_at" says since when it was so, where that is known, "replaced_at" until when.
CREATE TABLE directory_versions (
    directory    TEXT   NOT NULL,
    entry_key    TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    updated_at   BIGINT,
    replaced_at  BIGINT NOT NULL,
    content      TEXT   NOT NULL,
    PRIMARY KEY (directory, entry_key, version)
);

-- Since when an entry is as it is; of those that are here already, nobody knows.
ALTER TABLE professionals ADD COLUMN updated_at BIGINT;
ALTER TABLE establishments ADD COLUMN updated_at BIGINT;
ALTER TABLE connected_systems ADD COLUMN updated_at BIGINT;
ALTER TABLE legal_representatives ADD COLUMN updated_at BIGINT;
CREATE INDEX professionals_updated_at ON professionals (updated_at);
CREATE INDEX establishments_updated_at ON establishments (updated_at);
CREATE INDEX patients_updated_at ON patients (updated_at) WHERE merged_into IS NULL;
