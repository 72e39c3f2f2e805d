-- +goose Up

-- catalogue: what a programme is, as it was uploaded; which version is in force from when; where the programme has its home.
-- Rows are only ever added: a definition is never edited or deleted, a decision is taken back by one that supersedes it.
CREATE TABLE definition (
    id          TEXT NOT NULL PRIMARY KEY,
    programme   TEXT NOT NULL,
    version     TEXT NOT NULL,
    dated       TEXT NOT NULL,
    -- The hub that uploaded it; NULL for what ships with the program.
    hub_id      TEXT REFERENCES organisation (id),
    source      TEXT NOT NULL,
    sha256      BLOB NOT NULL,
    uploaded_at TEXT NOT NULL,
    uploaded_by TEXT REFERENCES person (id),
    UNIQUE (programme, version)
) STRICT;

-- Decided: this version from that day. A row that is superseded no longer counts; 'withdrawn' without supersedes sets a proposal aside.
CREATE TABLE in_force (
    id              TEXT NOT NULL PRIMARY KEY,
    programme       TEXT NOT NULL,
    hub_id          TEXT NOT NULL REFERENCES organisation (id),
    definition_id   TEXT NOT NULL REFERENCES definition (id),
    fact            TEXT NOT NULL CHECK (fact IN ('in-force', 'withdrawn')),
    from_on         TEXT NOT NULL,
    recorded_at     TEXT NOT NULL,
    -- NULL for what the program itself did when it took in what ships with it.
    recorded_by     TEXT REFERENCES person (id),
    supersedes      TEXT UNIQUE REFERENCES in_force (id)
) STRICT;

-- Where a programme has its home from a day on: until the day before the next row's.
CREATE TABLE programme_home (
    id              TEXT NOT NULL PRIMARY KEY,
    programme       TEXT NOT NULL,
    hub_id          TEXT NOT NULL REFERENCES organisation (id),
    fact            TEXT NOT NULL CHECK (fact IN ('home', 'withdrawn')),
    from_on         TEXT NOT NULL,
    recorded_at     TEXT NOT NULL,
    recorded_by     TEXT REFERENCES person (id),
    supersedes      TEXT UNIQUE REFERENCES programme_home (id)
) STRICT;

-- +goose Down
DROP TABLE programme_home;
DROP TABLE in_force;
DROP TABLE definition;
