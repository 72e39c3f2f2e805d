-- +goose Up

-- round/group: how an authority keeps who takes part in the rounds of a programme, from a day on. Rounds that are planned from then on follow it.
CREATE TABLE attendance_rule (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    authority_id    TEXT COLLATE "C" NOT NULL REFERENCES authority (id),
    programme       TEXT COLLATE "C" NOT NULL,
    attendance      TEXT COLLATE "C" NOT NULL CHECK (attendance IN ('named', 'pseudonymous', 'counts')),
    happened_on     TEXT COLLATE "C" NOT NULL,
    recorded_at     TEXT COLLATE "C" NOT NULL,
    recorded_by     TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes      TEXT COLLATE "C" UNIQUE REFERENCES attendance_rule (id)
);
CREATE INDEX attendance_rule_by_authority ON attendance_rule (authority_id, programme, happened_on);

-- +goose Down
DROP TABLE attendance_rule;
