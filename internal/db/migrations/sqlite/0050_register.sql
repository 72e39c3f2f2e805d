-- +goose Up

-- register: what a credential rests on and the other rooms do not know: what was decided, and what happened earlier or elsewhere.
-- A fact is never changed: one that was wrong is superseded, by the right one or by 'nothing'.
CREATE TABLE credential_fact (
    id          TEXT NOT NULL PRIMARY KEY,
    fact        TEXT NOT NULL CHECK (fact IN ('began', 'course-completed', 'granted', 'withdrawn', 'nothing')),
    person_id   TEXT NOT NULL REFERENCES person (id),
    programme   TEXT NOT NULL,
    -- Of began, granted and withdrawn.
    credential  TEXT NOT NULL DEFAULT '',
    -- Of course-completed: the course.
    variant     TEXT NOT NULL DEFAULT '',
    happened_on TEXT NOT NULL,
    -- Whence it is known, or why it was withdrawn: a code, for free text about people does not belong here.
    reason      TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES credential_fact (id)
) STRICT;
CREATE INDEX credential_fact_by_person ON credential_fact (person_id, programme);

-- A projection for lists: where somebody stands with a credential. Written with the facts, and again on next_change; no rule reads it.
CREATE TABLE standing (
    person_id   TEXT NOT NULL REFERENCES person (id),
    programme   TEXT NOT NULL,
    credential  TEXT NOT NULL,
    status      TEXT NOT NULL,
    -- The first certificate of those held without a break, or empty.
    since       TEXT,
    -- The last day of the term that runs.
    due         TEXT,
    -- Rounds led since the certificate, for "trained and has never led".
    led         INTEGER NOT NULL,
    -- The day on which it becomes another one by time alone.
    next_change TEXT,
    computed_on TEXT NOT NULL,
    PRIMARY KEY (person_id, programme, credential)
) STRICT;
CREATE INDEX standing_by_status ON standing (programme, credential, status, person_id);
CREATE INDEX standing_by_next ON standing (next_change);

-- Up to when what other rooms recorded has been taken into standing. One row.
CREATE TABLE standing_taken (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    up_to       TEXT NOT NULL
) STRICT;
CREATE INDEX session_fact_by_recorded ON session_fact (recorded_at);
CREATE INDEX round_fact_by_recorded ON round_fact (recorded_at);

-- +goose Down
DROP INDEX round_fact_by_recorded;
DROP INDEX session_fact_by_recorded;
DROP TABLE standing_taken;
DROP TABLE standing;
DROP TABLE credential_fact;
