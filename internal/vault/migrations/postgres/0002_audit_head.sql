-- +goose Up

-- Where each organisation's audit chain ends, and what was wrong when the sequencer came by. Kept apart from the log itself.
CREATE TABLE audit_head (
    organisation TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq          BIGINT NOT NULL,
    mac          BYTEA NOT NULL,
    seal         BYTEA NOT NULL
);

CREATE TABLE audit_alarm (
    organisation TEXT COLLATE "C" NOT NULL,
    seq          BIGINT NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    found_at     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organisation, seq, kind)
);

-- +goose Down
DROP TABLE audit_alarm;
DROP TABLE audit_head;
