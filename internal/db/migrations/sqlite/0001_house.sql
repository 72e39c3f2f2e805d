-- +goose Up

-- Which key store the sealed data here belong to. One row.
CREATE TABLE key_store (
    fingerprint BLOB NOT NULL PRIMARY KEY
) STRICT;

-- directory: organisations, their authorities, people, roles, and who is signed in.
CREATE TABLE organisation (
    id          TEXT NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('hub', 'municipality', 'provider', 'treatment-home', 'university', 'owner')),
    name        TEXT NOT NULL,
    name_sort   BLOB NOT NULL,
    code        TEXT UNIQUE,
    created_at  TEXT NOT NULL
) STRICT;
CREATE INDEX organisation_by_name ON organisation (name_sort, id);

CREATE TABLE authority (
    id              TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    name            TEXT NOT NULL,
    created_at      TEXT NOT NULL
) STRICT;
CREATE INDEX authority_by_organisation ON authority (organisation_id);

CREATE TABLE person (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    given_name  TEXT NOT NULL,
    name_sort   BLOB NOT NULL,
    email       TEXT NOT NULL UNIQUE,
    language    TEXT NOT NULL,
    created_at  TEXT NOT NULL
) STRICT;

CREATE TABLE role (
    id              TEXT NOT NULL PRIMARY KEY,
    person_id       TEXT NOT NULL REFERENCES person (id),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    authority_id    TEXT REFERENCES authority (id),
    programme       TEXT,
    role            TEXT NOT NULL,
    from_on         TEXT NOT NULL,
    to_on           TEXT
) STRICT;
CREATE INDEX role_by_person ON role (person_id);

CREATE TABLE sign_in_code (
    hash        BLOB NOT NULL PRIMARY KEY,
    person_id   TEXT REFERENCES person (id),
    made_at     TEXT NOT NULL,
    ends_at     TEXT NOT NULL,
    used_at     TEXT
) STRICT;

CREATE TABLE sign_in_session (
    hash        BLOB NOT NULL PRIMARY KEY,
    person_id   TEXT NOT NULL REFERENCES person (id),
    role_id     TEXT NOT NULL REFERENCES role (id),
    created_at  TEXT NOT NULL,
    seen_at     TEXT NOT NULL,
    ended_at    TEXT
) STRICT;
CREATE INDEX sign_in_session_by_person ON sign_in_session (person_id);

-- round: dated sessions with people.
CREATE TABLE round (
    id                  TEXT NOT NULL PRIMARY KEY,
    hub_id              TEXT NOT NULL REFERENCES organisation (id),
    organisation_id     TEXT NOT NULL REFERENCES organisation (id),
    authority_id        TEXT NOT NULL REFERENCES authority (id),
    programme           TEXT NOT NULL,
    version             TEXT NOT NULL,
    variant             TEXT NOT NULL,
    name                TEXT NOT NULL,
    name_sort           BLOB NOT NULL,
    place               TEXT NOT NULL,
    language            TEXT NOT NULL,
    created_at          TEXT NOT NULL,
    created_by          TEXT REFERENCES person (id),
    -- Projections for lists, written with the facts they follow from and recomputed by doctor.
    first_on            TEXT NOT NULL,
    last_on             TEXT NOT NULL,
    sessions            INTEGER NOT NULL,
    sessions_held       INTEGER NOT NULL,
    participants        INTEGER NOT NULL,
    ended_on            TEXT,
    ended_how           TEXT CHECK (ended_how IN ('closed', 'broken-off'))
) STRICT;
-- A hub has tens of thousands of rounds: its lists and counts are answered from an index alone.
CREATE INDEX round_by_hub ON round (hub_id, first_on, id, last_on, programme, variant, ended_how);
CREATE INDEX round_by_hub_state ON round (hub_id, ended_how, first_on, id, last_on, programme, variant);
CREATE INDEX round_by_hub_name ON round (hub_id, name_sort, id, first_on, last_on, programme, variant, ended_how);
CREATE INDEX round_by_organisation ON round (organisation_id, first_on, id);
CREATE INDEX round_by_authority ON round (authority_id, first_on, id);

CREATE TABLE round_word (
    word        TEXT NOT NULL,
    round_id    TEXT NOT NULL REFERENCES round (id),
    PRIMARY KEY (word, round_id)
) STRICT;
CREATE INDEX round_word_by_round ON round_word (round_id, word);

CREATE TABLE round_session (
    id          TEXT NOT NULL PRIMARY KEY,
    round_id    TEXT NOT NULL REFERENCES round (id),
    number      INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    item        TEXT NOT NULL,
    on_date     TEXT NOT NULL,
    starts      INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 1439),
    minutes     INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    zone        TEXT NOT NULL,
    UNIQUE (round_id, number)
) STRICT;
CREATE INDEX round_session_by_date ON round_session (on_date, round_id);

CREATE TABLE round_staff (
    round_id    TEXT NOT NULL REFERENCES round (id),
    person_id   TEXT NOT NULL REFERENCES person (id),
    role        TEXT NOT NULL,
    from_on     TEXT NOT NULL,
    to_on       TEXT,
    PRIMARY KEY (round_id, person_id, role, from_on)
) STRICT;
CREATE INDEX round_staff_by_person ON round_staff (person_id, round_id);

CREATE TABLE session_fact (
    id          TEXT NOT NULL PRIMARY KEY,
    session_id  TEXT NOT NULL REFERENCES round_session (id),
    fact        TEXT NOT NULL CHECK (fact IN ('held', 'cancelled', 'unknown')),
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES session_fact (id)
) STRICT;
CREATE INDEX session_fact_by_session ON session_fact (session_id);

CREATE TABLE round_fact (
    id          TEXT NOT NULL PRIMARY KEY,
    round_id    TEXT NOT NULL REFERENCES round (id),
    fact        TEXT NOT NULL CHECK (fact IN ('closed', 'broken-off', 'reopened')),
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES round_fact (id)
) STRICT;
CREATE INDEX round_fact_by_round ON round_fact (round_id);

-- A parent: what tells who it is is sealed with the participant's own key.
CREATE TABLE participant (
    id              TEXT NOT NULL PRIMARY KEY,
    round_id        TEXT NOT NULL REFERENCES round (id),
    authority_id    TEXT NOT NULL REFERENCES authority (id),
    name            BLOB NOT NULL,
    contact         BLOB NOT NULL,
    language        TEXT NOT NULL,
    joined_on       TEXT NOT NULL,
    left_on         TEXT,
    created_at      TEXT NOT NULL,
    created_by      TEXT REFERENCES person (id)
) STRICT;
CREATE INDEX participant_by_round ON participant (round_id);

CREATE TABLE participant_hash (
    authority_id    TEXT NOT NULL REFERENCES authority (id),
    hash            BLOB NOT NULL,
    participant_id  TEXT NOT NULL REFERENCES participant (id),
    PRIMARY KEY (authority_id, hash, participant_id)
) STRICT;

-- +goose Down
DROP TABLE participant_hash;
DROP TABLE participant;
DROP TABLE round_fact;
DROP TABLE session_fact;
DROP TABLE round_staff;
DROP TABLE round_session;
DROP TABLE round_word;
DROP TABLE round;
DROP TABLE sign_in_session;
DROP TABLE sign_in_code;
DROP TABLE role;
DROP TABLE person;
DROP TABLE authority;
DROP TABLE organisation;
DROP TABLE key_store;
