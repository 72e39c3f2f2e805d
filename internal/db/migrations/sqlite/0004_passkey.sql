-- +goose Up

-- directory: passkeys, the ceremonies in which one is made or used, and sign-ins that a person can tell apart and end.
CREATE TABLE passkey (
    id              TEXT NOT NULL PRIMARY KEY,
    person_id       TEXT NOT NULL REFERENCES person (id),
    credential_id   BLOB NOT NULL UNIQUE,
    -- The credential record as the library writes it: public key, counter, flags.
    credential      TEXT NOT NULL,
    name            TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    last_used_at    TEXT,
    -- When its counter went backwards, which a copied key's does.
    blocked_at      TEXT,
    removed_at      TEXT
) STRICT;
CREATE INDEX passkey_by_person ON passkey (person_id, created_at);

CREATE TABLE passkey_ceremony (
    hash        BLOB NOT NULL PRIMARY KEY,
    -- Who is adding a passkey; none when somebody signs in, who is not known yet.
    person_id   TEXT REFERENCES person (id),
    data        TEXT NOT NULL,
    ends_at     TEXT NOT NULL,
    used_at     TEXT
) STRICT;
CREATE INDEX passkey_ceremony_by_end ON passkey_ceremony (ends_at);

-- A sign-in gets an id that may be shown, and says by what means it was made. A day is the longest that one lasts, so those
-- there are now are ended rather than carried over.
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

-- +goose Down
DROP TABLE sign_in_session;
CREATE TABLE sign_in_session (
    hash        BLOB NOT NULL PRIMARY KEY,
    person_id   TEXT NOT NULL REFERENCES person (id),
    role_id     TEXT NOT NULL REFERENCES role (id),
    created_at  TEXT NOT NULL,
    seen_at     TEXT NOT NULL,
    ended_at    TEXT
) STRICT;
CREATE INDEX sign_in_session_by_person ON sign_in_session (person_id);
DROP TABLE passkey_ceremony;
DROP TABLE passkey;
