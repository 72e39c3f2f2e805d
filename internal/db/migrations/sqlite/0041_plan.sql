-- +goose Up

-- round: the weeks that a plan leaves free, as "2026-W52,2026-W53"; a session that is moved with the rest following goes past them.
ALTER TABLE round ADD COLUMN weeks_off TEXT NOT NULL DEFAULT '';

-- How a session came to another day: moved by itself, because an earlier one was, or because nobody could meet on its day; what was
-- moved in one go has one batch.
ALTER TABLE session_move ADD COLUMN how TEXT NOT NULL DEFAULT 'moved' CHECK (how IN ('moved', 'followed', 'postponed'));
ALTER TABLE session_move ADD COLUMN batch TEXT NOT NULL DEFAULT '';
ALTER TABLE session_move ADD COLUMN from_place TEXT NOT NULL DEFAULT '';
ALTER TABLE session_move ADD COLUMN to_place TEXT NOT NULL DEFAULT '';

-- Who put somebody among those who work in a round, and who said that they were to leave.
ALTER TABLE round_staff ADD COLUMN added_by TEXT REFERENCES person (id);
ALTER TABLE round_staff ADD COLUMN ended_by TEXT REFERENCES person (id);

-- +goose Down
ALTER TABLE round_staff DROP COLUMN ended_by;
ALTER TABLE round_staff DROP COLUMN added_by;
ALTER TABLE session_move DROP COLUMN to_place;
ALTER TABLE session_move DROP COLUMN from_place;
ALTER TABLE session_move DROP COLUMN batch;
ALTER TABLE session_move DROP COLUMN how;
ALTER TABLE round DROP COLUMN weeks_off;
