-- +goose Up

-- meeting: that those who take part in a round were told of what had changed. There is one chain a round: nobody is told the same twice.
CREATE TABLE told (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    round_id    TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    -- By letters from here, or by those who lead themselves.
    how         TEXT COLLATE "C" NOT NULL CHECK (how IN ('letters', 'themselves')),
    letters     INTEGER NOT NULL,
    -- What whoever told had seen, so that the same form sent twice is one telling.
    seen        TEXT COLLATE "C" NOT NULL,
    happened_on TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes  TEXT COLLATE "C" UNIQUE REFERENCES told (id)
);
CREATE INDEX told_by_round ON told (round_id, recorded_at);
CREATE UNIQUE INDEX told_first ON told (round_id) WHERE supersedes IS NULL;

-- What they know of a session since then.
CREATE TABLE told_session (
    told_id     TEXT COLLATE "C" NOT NULL REFERENCES told (id),
    session_id  TEXT COLLATE "C" NOT NULL REFERENCES round_session (id),
    on_date     TEXT COLLATE "C" NOT NULL,
    starts      INTEGER NOT NULL,
    minutes     INTEGER NOT NULL,
    place       TEXT COLLATE "C" NOT NULL,
    cancelled   INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
    -- Who steps in for whom: ids.
    leads       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (told_id, session_id)
);
CREATE INDEX told_session_by_session ON told_session (session_id);

-- +goose Down
DROP TABLE told_session;
DROP TABLE told;
