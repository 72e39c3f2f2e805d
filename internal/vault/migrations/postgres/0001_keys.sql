-- +goose Up

-- What this installation is: one row. root_check tells which root key wrapped it, without telling the key.
CREATE TABLE house (
    id          BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    root_check  BYTEA NOT NULL,
    wrapped     BYTEA NOT NULL,
    created_at  TEXT COLLATE "C" NOT NULL
);

CREATE TABLE owner_key (
    owner_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    wrapped     BYTEA NOT NULL,
    created_at  TEXT COLLATE "C" NOT NULL
);

CREATE TABLE subject_key (
    subject_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner_id    TEXT COLLATE "C" NOT NULL,
    wrapped     BYTEA NOT NULL,
    created_at  TEXT COLLATE "C" NOT NULL
);

-- Who has been erased. Ids only.
CREATE TABLE tombstone (
    subject_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner_id    TEXT COLLATE "C" NOT NULL,
    shredded_at TEXT COLLATE "C" NOT NULL,
    why         TEXT COLLATE "C" NOT NULL
);

-- +goose Down
DROP TABLE tombstone;
DROP TABLE subject_key;
DROP TABLE owner_key;
DROP TABLE house;
