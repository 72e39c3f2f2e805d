-- +goose Up

-- register/week: how those who lead divide the work before a session. A fact supersedes the one before it.
CREATE TABLE session_task (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    session_id  TEXT COLLATE "C" NOT NULL REFERENCES round_session (id),
    task        TEXT COLLATE "C" NOT NULL,
    fact        TEXT COLLATE "C" NOT NULL CHECK (fact IN ('taken', 'left', 'done', 'not-done')),
    person_id   TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    happened_on TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes  TEXT COLLATE "C" UNIQUE REFERENCES session_task (id)
);
CREATE INDEX session_task_by_session ON session_task (session_id, task);
CREATE INDEX session_task_by_person ON session_task (person_id);

-- +goose Down
DROP TABLE session_task;
