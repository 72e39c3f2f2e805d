-- +goose Up

-- meeting: that somebody who works in a round has reported a concern for a child to the social services. What it was about, and who, stands
-- nowhere here. A row that was a mistake is superseded by one that says so.
CREATE TABLE concern (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    round_id    TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    fact        TEXT COLLATE "C" NOT NULL CHECK (fact IN ('reported', 'mistaken')),
    happened_on TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes  TEXT COLLATE "C" UNIQUE REFERENCES concern (id)
);
CREATE INDEX concern_by_round ON concern (round_id);

-- +goose Down
DROP TABLE concern;
