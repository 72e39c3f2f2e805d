-- +goose Up

-- meeting: who steps in for one of those who lead, for one session. Nobody in person_id takes back that somebody does.
CREATE TABLE stand_in (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    session_id  TEXT COLLATE "C" NOT NULL REFERENCES round_session (id),
    absent_id   TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    person_id   TEXT COLLATE "C" REFERENCES person (id),
    happened_on TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes  TEXT COLLATE "C" UNIQUE REFERENCES stand_in (id)
);
CREATE INDEX stand_in_by_session ON stand_in (session_id, absent_id);

-- +goose Down
DROP TABLE stand_in;
