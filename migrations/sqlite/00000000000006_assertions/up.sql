-- Assertions about persons that were used and may not be used again, until they expire (SAML Core, 2.5.1.5).
CREATE TABLE used_assertions (
    issuer        TEXT   NOT NULL,
    assertion_id  TEXT   NOT NULL,
    expires_at    BIGINT NOT NULL,
    PRIMARY KEY (issuer, assertion_id)
);
CREATE INDEX used_assertions_expiry ON used_assertions (expires_at);
