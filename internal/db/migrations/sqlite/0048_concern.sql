-- +goose Up

-- meeting: that somebody who works in a round has reported a concern for a child to the social services. What it was about, and who, stands
-- nowhere here. A row that was a mistake is superseded by one that says so.
CREATE TABLE concern (
    id          TEXT NOT NULL PRIMARY KEY,
    round_id    TEXT NOT NULL REFERENCES round (id),
    fact        TEXT NOT NULL CHECK (fact IN ('reported', 'mistaken')),
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES concern (id)
) STRICT;
CREATE INDEX concern_by_round ON concern (round_id);

-- +goose Down
DROP TABLE concern;
