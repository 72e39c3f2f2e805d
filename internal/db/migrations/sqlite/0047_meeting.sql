-- +goose Up

-- meeting: who led a session. Nobody is asked for it by name until somebody says that the session was held; then those who lead the round are
-- meant, unless said otherwise here.
CREATE TABLE session_leader (
    id          TEXT NOT NULL PRIMARY KEY,
    session_id  TEXT NOT NULL REFERENCES round_session (id),
    person_id   TEXT NOT NULL REFERENCES person (id),
    led         INTEGER NOT NULL CHECK (led IN (0, 1)),
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES session_leader (id)
) STRICT;
CREATE INDEX session_leader_by_session ON session_leader (session_id, person_id);
CREATE INDEX session_leader_by_person ON session_leader (person_id);

-- What those who lead write of a session, sealed with a key of the session's.
CREATE TABLE session_note (
    id          TEXT NOT NULL PRIMARY KEY,
    session_id  TEXT NOT NULL REFERENCES round_session (id),
    notes       BLOB NOT NULL,
    homework    BLOB NOT NULL,
    left_out    BLOB NOT NULL,
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES session_note (id)
) STRICT;
CREATE INDEX session_note_by_session ON session_note (session_id);

-- A self-check by one of the definition's forms, of one leader.
CREATE TABLE session_check (
    id          TEXT NOT NULL PRIMARY KEY,
    session_id  TEXT NOT NULL REFERENCES round_session (id),
    person_id   TEXT NOT NULL REFERENCES person (id),
    form        TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES session_check (id)
) STRICT;
CREATE INDEX session_check_by_session ON session_check (session_id, person_id, form);

CREATE TABLE session_check_value (
    check_id    TEXT NOT NULL REFERENCES session_check (id),
    item        TEXT NOT NULL,
    value       INTEGER NOT NULL,
    PRIMARY KEY (check_id, item)
) STRICT;

-- +goose Down
DROP TABLE session_check_value;
DROP TABLE session_check;
DROP TABLE session_note;
DROP TABLE session_leader;
