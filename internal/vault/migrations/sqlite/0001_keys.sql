-- +goose Up

-- What this installation is: one row. root_check tells which root key wrapped it, without telling the key.
CREATE TABLE house (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    root_check  BLOB NOT NULL,
    wrapped     BLOB NOT NULL,
    created_at  TEXT NOT NULL
) STRICT;

CREATE TABLE owner_key (
    owner_id    TEXT NOT NULL PRIMARY KEY,
    wrapped     BLOB NOT NULL,
    created_at  TEXT NOT NULL
) STRICT;

CREATE TABLE subject_key (
    subject_id  TEXT NOT NULL PRIMARY KEY,
    owner_id    TEXT NOT NULL,
    wrapped     BLOB NOT NULL,
    created_at  TEXT NOT NULL
) STRICT;

-- Who has been erased. Ids only.
CREATE TABLE tombstone (
    subject_id  TEXT NOT NULL PRIMARY KEY,
    owner_id    TEXT NOT NULL,
    shredded_at TEXT NOT NULL,
    why         TEXT NOT NULL
) STRICT;

-- +goose Down
DROP TABLE tombstone;
DROP TABLE subject_key;
DROP TABLE owner_key;
DROP TABLE house;
