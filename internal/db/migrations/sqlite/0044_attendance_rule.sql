-- +goose Up

-- round/group: how an authority keeps who takes part in the rounds of a programme, from a day on. Rounds that are planned from then on follow it.
CREATE TABLE attendance_rule (
    id              TEXT NOT NULL PRIMARY KEY,
    authority_id    TEXT NOT NULL REFERENCES authority (id),
    programme       TEXT NOT NULL,
    attendance      TEXT NOT NULL CHECK (attendance IN ('named', 'pseudonymous', 'counts')),
    happened_on     TEXT NOT NULL,
    recorded_at     TEXT NOT NULL,
    recorded_by     TEXT NOT NULL REFERENCES person (id),
    supersedes      TEXT UNIQUE REFERENCES attendance_rule (id)
) STRICT;
CREATE INDEX attendance_rule_by_authority ON attendance_rule (authority_id, programme, happened_on);

-- +goose Down
DROP TABLE attendance_rule;
