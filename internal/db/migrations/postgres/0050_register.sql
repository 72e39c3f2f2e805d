-- +goose Up

-- register: what a credential rests on and the other rooms do not know: what was decided, and what happened earlier or elsewhere.
-- A fact is never changed: one that was wrong is superseded, by the right one or by 'nothing'.
CREATE TABLE credential_fact (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    fact        TEXT COLLATE "C" NOT NULL CHECK (fact IN ('began', 'course-completed', 'granted', 'withdrawn', 'nothing')),
    person_id   TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    programme   TEXT COLLATE "C" NOT NULL,
    -- Of began, granted and withdrawn.
    credential  TEXT COLLATE "C" NOT NULL DEFAULT '',
    -- Of course-completed: the course.
    variant     TEXT COLLATE "C" NOT NULL DEFAULT '',
    happened_on TEXT COLLATE "C" NOT NULL,
    -- Whence it is known, or why it was withdrawn: a code, for free text about people does not belong here.
    reason      TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes  TEXT COLLATE "C" UNIQUE REFERENCES credential_fact (id)
);
CREATE INDEX credential_fact_by_person ON credential_fact (person_id, programme);

-- A projection for lists: where somebody stands with a credential. Written with the facts, and again on next_change; no rule reads it.
CREATE TABLE standing (
    person_id   TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    programme   TEXT COLLATE "C" NOT NULL,
    credential  TEXT COLLATE "C" NOT NULL,
    status      TEXT COLLATE "C" NOT NULL,
    -- The first certificate of those held without a break, or empty.
    since       TEXT COLLATE "C",
    -- The last day of the term that runs.
    due         TEXT COLLATE "C",
    -- Rounds led since the certificate, for "trained and has never led".
    led         INTEGER NOT NULL,
    -- The day on which it becomes another one by time alone.
    next_change TEXT COLLATE "C",
    computed_on TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (person_id, programme, credential)
);
CREATE INDEX standing_by_status ON standing (programme, credential, status, person_id);
CREATE INDEX standing_by_next ON standing (next_change);

-- Up to when what other rooms recorded has been taken into standing. One row.
CREATE TABLE standing_taken (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    up_to       TEXT COLLATE "C" NOT NULL
);
CREATE INDEX session_fact_by_recorded ON session_fact (recorded_at);
CREATE INDEX round_fact_by_recorded ON round_fact (recorded_at);

-- +goose Down
DROP INDEX round_fact_by_recorded;
DROP INDEX session_fact_by_recorded;
DROP TABLE standing_taken;
DROP TABLE standing;
DROP TABLE credential_fact;
