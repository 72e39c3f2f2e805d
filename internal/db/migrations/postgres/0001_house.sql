-- +goose Up

-- Which key store the sealed data here belong to. One row.
CREATE TABLE key_store (
    fingerprint BYTEA NOT NULL PRIMARY KEY
);

-- directory: organisations, their authorities, people, roles, and who is signed in.
CREATE TABLE organisation (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind        TEXT COLLATE "C" NOT NULL CHECK (kind IN ('hub', 'municipality', 'provider', 'treatment-home', 'university', 'owner')),
    name        TEXT COLLATE "C" NOT NULL,
    name_sort   BYTEA NOT NULL,
    code        TEXT COLLATE "C" UNIQUE,
    created_at  TEXT COLLATE "C" NOT NULL
);
CREATE INDEX organisation_by_name ON organisation (name_sort, id);

CREATE TABLE authority (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    name            TEXT COLLATE "C" NOT NULL,
    created_at      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX authority_by_organisation ON authority (organisation_id);

CREATE TABLE person (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name        TEXT COLLATE "C" NOT NULL,
    given_name  TEXT COLLATE "C" NOT NULL,
    name_sort   BYTEA NOT NULL,
    email       TEXT COLLATE "C" NOT NULL UNIQUE,
    language    TEXT COLLATE "C" NOT NULL,
    created_at  TEXT COLLATE "C" NOT NULL
);

CREATE TABLE role (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    person_id       TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    authority_id    TEXT COLLATE "C" REFERENCES authority (id),
    programme       TEXT COLLATE "C",
    role            TEXT COLLATE "C" NOT NULL,
    from_on         TEXT COLLATE "C" NOT NULL,
    to_on           TEXT COLLATE "C"
);
CREATE INDEX role_by_person ON role (person_id);

CREATE TABLE sign_in_code (
    hash        BYTEA NOT NULL PRIMARY KEY,
    person_id   TEXT COLLATE "C" REFERENCES person (id),
    made_at     TEXT COLLATE "C" NOT NULL,
    ends_at     TEXT COLLATE "C" NOT NULL,
    used_at     TEXT COLLATE "C"
);

CREATE TABLE sign_in_session (
    hash        BYTEA NOT NULL PRIMARY KEY,
    person_id   TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    role_id     TEXT COLLATE "C" NOT NULL REFERENCES role (id),
    created_at  TEXT COLLATE "C" NOT NULL,
    seen_at     TEXT COLLATE "C" NOT NULL,
    ended_at    TEXT COLLATE "C"
);
CREATE INDEX sign_in_session_by_person ON sign_in_session (person_id);

-- round: dated sessions with people.
CREATE TABLE round (
    id                  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hub_id              TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    organisation_id     TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    authority_id        TEXT COLLATE "C" NOT NULL REFERENCES authority (id),
    programme           TEXT COLLATE "C" NOT NULL,
    version             TEXT COLLATE "C" NOT NULL,
    variant             TEXT COLLATE "C" NOT NULL,
    name                TEXT COLLATE "C" NOT NULL,
    name_sort           BYTEA NOT NULL,
    place               TEXT COLLATE "C" NOT NULL,
    language            TEXT COLLATE "C" NOT NULL,
    created_at          TEXT COLLATE "C" NOT NULL,
    created_by          TEXT COLLATE "C" REFERENCES person (id),
    -- Projections for lists, written with the facts they follow from and recomputed by doctor.
    first_on            TEXT COLLATE "C" NOT NULL,
    last_on             TEXT COLLATE "C" NOT NULL,
    sessions            INTEGER NOT NULL,
    sessions_held       INTEGER NOT NULL,
    participants        INTEGER NOT NULL,
    ended_on            TEXT COLLATE "C",
    ended_how           TEXT COLLATE "C" CHECK (ended_how IN ('closed', 'broken-off'))
);
-- A hub has tens of thousands of rounds: its lists and counts are answered from an index alone.
CREATE INDEX round_by_hub ON round (hub_id, first_on, id, last_on, programme, variant, ended_how);
CREATE INDEX round_by_hub_state ON round (hub_id, ended_how, first_on, id, last_on, programme, variant);
CREATE INDEX round_by_hub_name ON round (hub_id, name_sort, id, first_on, last_on, programme, variant, ended_how);
CREATE INDEX round_by_organisation ON round (organisation_id, first_on, id);
CREATE INDEX round_by_authority ON round (authority_id, first_on, id);

CREATE TABLE round_word (
    word        TEXT COLLATE "C" NOT NULL,
    round_id    TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    PRIMARY KEY (word, round_id)
);
CREATE INDEX round_word_by_round ON round_word (round_id, word);

CREATE TABLE round_session (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    round_id    TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    number      INTEGER NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    item        TEXT COLLATE "C" NOT NULL,
    on_date     TEXT COLLATE "C" NOT NULL,
    starts      INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 1439),
    minutes     INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    zone        TEXT COLLATE "C" NOT NULL,
    UNIQUE (round_id, number)
);
CREATE INDEX round_session_by_date ON round_session (on_date, round_id);

CREATE TABLE round_staff (
    round_id    TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    person_id   TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    role        TEXT COLLATE "C" NOT NULL,
    from_on     TEXT COLLATE "C" NOT NULL,
    to_on       TEXT COLLATE "C",
    PRIMARY KEY (round_id, person_id, role, from_on)
);
CREATE INDEX round_staff_by_person ON round_staff (person_id, round_id);

CREATE TABLE session_fact (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    session_id  TEXT COLLATE "C" NOT NULL REFERENCES round_session (id),
    fact        TEXT COLLATE "C" NOT NULL CHECK (fact IN ('held', 'cancelled', 'unknown')),
    happened_on TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes  TEXT COLLATE "C" UNIQUE REFERENCES session_fact (id)
);
CREATE INDEX session_fact_by_session ON session_fact (session_id);

CREATE TABLE round_fact (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    round_id    TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    fact        TEXT COLLATE "C" NOT NULL CHECK (fact IN ('closed', 'broken-off', 'reopened')),
    happened_on TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes  TEXT COLLATE "C" UNIQUE REFERENCES round_fact (id)
);
CREATE INDEX round_fact_by_round ON round_fact (round_id);

-- A parent: what tells who it is is sealed with the participant's own key.
CREATE TABLE participant (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    round_id        TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    authority_id    TEXT COLLATE "C" NOT NULL REFERENCES authority (id),
    name            BYTEA NOT NULL,
    contact         BYTEA NOT NULL,
    language        TEXT COLLATE "C" NOT NULL,
    joined_on       TEXT COLLATE "C" NOT NULL,
    left_on         TEXT COLLATE "C",
    created_at      TEXT COLLATE "C" NOT NULL,
    created_by      TEXT COLLATE "C" REFERENCES person (id)
);
CREATE INDEX participant_by_round ON participant (round_id);

CREATE TABLE participant_hash (
    authority_id    TEXT COLLATE "C" NOT NULL REFERENCES authority (id),
    hash            BYTEA NOT NULL,
    participant_id  TEXT COLLATE "C" NOT NULL REFERENCES participant (id),
    PRIMARY KEY (authority_id, hash, participant_id)
);

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
