-- The audit trail shows whether somebody else wrote in it. Each record is the link "number" of the chain of its "writer";
-- "digest" closes it under a key that is not in the database. Records from before have no writer until the first seal.
ALTER TABLE audit_events ADD COLUMN writer TEXT;
ALTER TABLE audit_events ADD COLUMN number BIGINT;
ALTER TABLE audit_events ADD COLUMN digest BYTEA;
CREATE UNIQUE INDEX audit_events_chain ON audit_events (writer, number);

-- The chains there are, and their last link that is sealed.
CREATE TABLE audit_writers (
    writer  TEXT   NOT NULL PRIMARY KEY,
    sealed  BIGINT NOT NULL DEFAULT 0
);

-- What the server itself took out of the chains, for good reasons: the links from "first" to "last", after which the chain goes
-- on from "digest". Where "record_hash" is set the one link was not removed, but a patient was taken out of it; it is the hash
-- of what was left, and "generation" counts how often that happened. "removal" is named by a certificate in the trail.
CREATE TABLE audit_amendments (
    writer       TEXT   NOT NULL,
    first        BIGINT NOT NULL,
    last         BIGINT NOT NULL,
    generation   BIGINT NOT NULL,
    digest       BYTEA   NOT NULL,
    record_hash  BYTEA,
    removal      TEXT   NOT NULL,
    PRIMARY KEY (writer, first, generation)
);
CREATE INDEX audit_amendments_removal ON audit_amendments (removal, writer, first);

-- Signed statements of how far the chains had come. "content" is JSON, signed as it is.
CREATE TABLE audit_seals (
    number     BIGINT NOT NULL PRIMARY KEY,
    content    TEXT   NOT NULL,
    signature  BYTEA   NOT NULL
);
