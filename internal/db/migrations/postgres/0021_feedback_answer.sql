-- +goose Up

-- site: an answer that was sent by letter is read through a link; only the hash of its secret is stored.
ALTER TABLE feedback_fact ADD COLUMN opens BYTEA;
CREATE UNIQUE INDEX feedback_fact_by_opens ON feedback_fact (opens);

-- +goose Down
DROP INDEX feedback_fact_by_opens;
ALTER TABLE feedback_fact DROP COLUMN opens;
