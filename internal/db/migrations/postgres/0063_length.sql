-- +goose Up

-- round: how long a session was before it was changed, and since; 0: nothing was said of it.
ALTER TABLE session_move ADD COLUMN from_minutes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session_move ADD COLUMN to_minutes INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE session_move DROP COLUMN to_minutes;
ALTER TABLE session_move DROP COLUMN from_minutes;
