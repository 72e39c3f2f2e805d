-- +goose Up

-- register: what was told of a round that has ended, gathered, so that verdicts need not read it again tick by tick. It holds as long as
-- the fact that ended the round is in force. A projection: it can be made anew at any time, and doctor compares it.
CREATE TABLE round_summary (
    round_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES round (id),
    ended_by    TEXT COLLATE "C" NOT NULL REFERENCES round_fact (id),
    told        BYTEA NOT NULL
);
-- All that was ever recorded is looked at once more.
DELETE FROM standing_taken;

-- +goose Down
DROP TABLE round_summary;
