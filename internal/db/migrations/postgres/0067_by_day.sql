-- +goose Up
-- Whose certificates end, and what a hub was told of lately, are asked for by the day.
DROP INDEX standing_by_status;
CREATE INDEX standing_by_status ON standing (programme, credential, status, due, person_id);
CREATE INDEX round_by_notified ON round (hub_id, notified_on, programme);

-- +goose Down
DROP INDEX round_by_notified;
DROP INDEX standing_by_status;
CREATE INDEX standing_by_status ON standing (programme, credential, status, person_id);
