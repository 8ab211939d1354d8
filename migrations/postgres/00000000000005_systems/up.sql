-- Connected systems with their attestations, and the texts by which their certificates are known: a fingerprint, a name.
-- "establishment" is the key of one in the directory, which may be imported later; "content" holds the whole entry as JSON.
CREATE TABLE connected_systems (
    id             TEXT NOT NULL PRIMARY KEY,
    establishment  TEXT,
    content        TEXT NOT NULL
);

CREATE TABLE system_certificates (
    identity   TEXT NOT NULL PRIMARY KEY,
    system_id  TEXT NOT NULL REFERENCES connected_systems (id)
);
CREATE INDEX system_certificates_system ON system_certificates (system_id);
