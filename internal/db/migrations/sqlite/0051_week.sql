-- +goose Up

-- register/week: how those who lead divide the work before a session. A fact supersedes the one before it.
CREATE TABLE session_task (
    id          TEXT NOT NULL PRIMARY KEY,
    session_id  TEXT NOT NULL REFERENCES round_session (id),
    task        TEXT NOT NULL,
    fact        TEXT NOT NULL CHECK (fact IN ('taken', 'left', 'done', 'not-done')),
    person_id   TEXT NOT NULL REFERENCES person (id),
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES session_task (id)
) STRICT;
CREATE INDEX session_task_by_session ON session_task (session_id, task);
CREATE INDEX session_task_by_person ON session_task (person_id);

-- +goose Down
DROP TABLE session_task;
