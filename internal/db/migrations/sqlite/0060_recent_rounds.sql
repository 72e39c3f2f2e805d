-- +goose Up

-- Which boards have held a group lately is asked by anybody who looks for one, and answered from this index alone.
CREATE INDEX round_by_kind ON round (kind, last_on, authority_id, programme);

-- +goose Down
DROP INDEX round_by_kind;
