-- +goose Up

-- signin: when a person last showed again who they are; none when they have not since they signed in.
ALTER TABLE sign_in_session ADD COLUMN fresh_at TEXT COLLATE "C";

-- +goose Down
ALTER TABLE sign_in_session DROP COLUMN fresh_at;
