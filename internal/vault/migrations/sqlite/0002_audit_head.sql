-- +goose Up

-- Where each organisation's audit chain ends, and what was wrong when the sequencer came by. Kept apart from the log itself.
CREATE TABLE audit_head (
    organisation TEXT NOT NULL PRIMARY KEY,
    seq          INTEGER NOT NULL,
    mac          BLOB NOT NULL,
    seal         BLOB NOT NULL
) STRICT;

CREATE TABLE audit_alarm (
    organisation TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    found_at     TEXT NOT NULL,
    PRIMARY KEY (organisation, seq, kind)
) STRICT;

-- +goose Down
DROP TABLE audit_alarm;
DROP TABLE audit_head;
