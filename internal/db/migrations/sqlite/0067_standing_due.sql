-- +goose Up
-- Whose certificates end is asked for by the day on which they do.
DROP INDEX standing_by_status;
CREATE INDEX standing_by_status ON standing (programme, credential, status, due, person_id);

-- +goose Down
DROP INDEX standing_by_status;
CREATE INDEX standing_by_status ON standing (programme, credential, status, person_id);
