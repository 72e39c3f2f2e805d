-- +goose Up

-- meeting: that those who take part in a round were told of what had changed. There is one chain a round: nobody is told the same twice.
CREATE TABLE told (
    id          TEXT NOT NULL PRIMARY KEY,
    round_id    TEXT NOT NULL REFERENCES round (id),
    -- By letters from here, or by those who lead themselves.
    how         TEXT NOT NULL CHECK (how IN ('letters', 'themselves')),
    letters     INTEGER NOT NULL,
    -- What whoever told had seen, so that the same form sent twice is one telling.
    seen        TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES told (id)
) STRICT;
CREATE INDEX told_by_round ON told (round_id, recorded_at);
CREATE UNIQUE INDEX told_first ON told (round_id) WHERE supersedes IS NULL;

-- What they know of a session since then.
CREATE TABLE told_session (
    told_id     TEXT NOT NULL REFERENCES told (id),
    session_id  TEXT NOT NULL REFERENCES round_session (id),
    on_date     TEXT NOT NULL,
    starts      INTEGER NOT NULL,
    minutes     INTEGER NOT NULL,
    place       TEXT NOT NULL,
    cancelled   INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
    -- Who steps in for whom: ids.
    leads       TEXT NOT NULL,
    PRIMARY KEY (told_id, session_id)
) STRICT;
CREATE INDEX told_session_by_session ON told_session (session_id);

-- +goose Down
DROP TABLE told_session;
DROP TABLE told;
