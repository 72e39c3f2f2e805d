-- +goose Up

-- signin: invitations. What a letter's link carries is stored as a hash; what became of it is marked once, by one UPDATE.
CREATE TABLE invitation (
    id              TEXT NOT NULL PRIMARY KEY,
    hash            BLOB NOT NULL UNIQUE,
    person_id       TEXT NOT NULL REFERENCES person (id),
    role_id         TEXT NOT NULL REFERENCES role (id),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    made_at         TEXT NOT NULL,
    made_by         TEXT NOT NULL REFERENCES person (id),
    ends_at         TEXT NOT NULL,
    -- The invitation that this one was sent instead of, which is void since.
    replaces        TEXT UNIQUE REFERENCES invitation (id),
    accepted_at     TEXT,
    withdrawn_at    TEXT,
    withdrawn_by    TEXT REFERENCES person (id)
) STRICT;
CREATE INDEX invitation_by_organisation ON invitation (organisation_id, made_at, id);
CREATE INDEX invitation_by_maker ON invitation (made_by, ends_at);
CREATE INDEX invitation_by_person ON invitation (person_id);
CREATE INDEX invitation_by_role ON invitation (role_id);

-- An organisation's own identity provider. A change is a new row that supersedes the one before; the last one holds.
CREATE TABLE identity_provider (
    id              TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    active          INTEGER NOT NULL CHECK (active IN (0, 1)),
    issuer          TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    -- Sealed with a key of the provider's line, which all rows of one organisation share.
    client_secret   BLOB NOT NULL,
    scopes          TEXT NOT NULL,
    -- JSON: which claims tell the address and the name, and which claims give which roles.
    mapping         TEXT NOT NULL,
    recorded_at     TEXT NOT NULL,
    recorded_by     TEXT NOT NULL REFERENCES person (id),
    supersedes      TEXT UNIQUE REFERENCES identity_provider (id)
) STRICT;
CREATE INDEX identity_provider_by_organisation ON identity_provider (organisation_id);

-- Who somebody is at a provider. A link holds for one organisation only.
CREATE TABLE identity_link (
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    issuer          TEXT NOT NULL,
    subject         TEXT NOT NULL,
    person_id       TEXT NOT NULL REFERENCES person (id),
    linked_at       TEXT NOT NULL,
    PRIMARY KEY (organisation_id, issuer, subject)
) STRICT;
CREATE INDEX identity_link_by_person ON identity_link (person_id);

-- The roles that a provider's claims gave: only these end when the claim is gone.
CREATE TABLE identity_role (
    role_id         TEXT NOT NULL PRIMARY KEY REFERENCES role (id),
    provider_id     TEXT NOT NULL REFERENCES identity_provider (id)
) STRICT;
CREATE INDEX identity_role_by_provider ON identity_role (provider_id);

-- A sign-in at a provider that has begun: what its end is checked against.
CREATE TABLE identity_ceremony (
    hash            BLOB NOT NULL PRIMARY KEY,
    provider_id     TEXT NOT NULL REFERENCES identity_provider (id),
    state           BLOB NOT NULL,
    nonce           TEXT NOT NULL,
    verifier        TEXT NOT NULL,
    next            TEXT NOT NULL,
    ends_at         TEXT NOT NULL,
    used_at         TEXT
) STRICT;
CREATE INDEX identity_ceremony_by_end ON identity_ceremony (ends_at);
CREATE INDEX identity_ceremony_by_provider ON identity_ceremony (provider_id);

-- More means to sign in by, and through which organisation: such a sign-in works in that organisation's roles only. A day is the
-- longest that a sign-in lasts, so those there are now are ended rather than carried over.
DROP TABLE sign_in_session;
CREATE TABLE sign_in_session (
    hash        BLOB NOT NULL PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    person_id   TEXT NOT NULL REFERENCES person (id),
    role_id     TEXT NOT NULL REFERENCES role (id),
    means       TEXT NOT NULL CHECK (means IN ('code', 'passkey', 'invitation', 'password', 'recovery', 'oidc')),
    passkey_id  TEXT REFERENCES passkey (id),
    via_id      TEXT REFERENCES organisation (id),
    created_at  TEXT NOT NULL,
    seen_at     TEXT NOT NULL,
    ended_at    TEXT,
    CHECK ((means = 'oidc') = (via_id IS NOT NULL))
) STRICT;
CREATE INDEX sign_in_session_by_person ON sign_in_session (person_id);
CREATE INDEX sign_in_session_by_passkey ON sign_in_session (passkey_id);

-- +goose Down
DROP TABLE sign_in_session;
CREATE TABLE sign_in_session (
    hash        BLOB NOT NULL PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    person_id   TEXT NOT NULL REFERENCES person (id),
    role_id     TEXT NOT NULL REFERENCES role (id),
    means       TEXT NOT NULL CHECK (means IN ('code', 'passkey')),
    passkey_id  TEXT REFERENCES passkey (id),
    created_at  TEXT NOT NULL,
    seen_at     TEXT NOT NULL,
    ended_at    TEXT
) STRICT;
CREATE INDEX sign_in_session_by_person ON sign_in_session (person_id);
CREATE INDEX sign_in_session_by_passkey ON sign_in_session (passkey_id);
DROP TABLE identity_ceremony;
DROP TABLE identity_role;
DROP TABLE identity_link;
DROP TABLE identity_provider;
DROP TABLE invitation;
