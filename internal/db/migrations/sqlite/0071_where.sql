-- +goose Up

-- round: where a round met before that was changed, and since: its place, and its link where it meets digitally.
CREATE TABLE round_where (
    id          TEXT NOT NULL PRIMARY KEY,
    round_id    TEXT NOT NULL REFERENCES round (id),
    from_place  TEXT NOT NULL,
    from_link   TEXT NOT NULL,
    to_place    TEXT NOT NULL,
    to_link     TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id)
) STRICT;
CREATE INDEX round_where_by_round ON round_where (round_id, recorded_at);

-- meeting: what those who take part know is where a session is, whether that is its own place or the round's.
ALTER TABLE told_session ADD COLUMN link TEXT NOT NULL DEFAULT '';
UPDATE told_session SET link = (SELECT r.link FROM round r JOIN round_session x ON x.round_id = r.id WHERE x.id = told_session.session_id);
UPDATE told_session SET place = (SELECT r.place FROM round r JOIN round_session x ON x.round_id = r.id WHERE x.id = told_session.session_id) WHERE place = '';

-- +goose Down
ALTER TABLE told_session DROP COLUMN link;
DROP TABLE round_where;
