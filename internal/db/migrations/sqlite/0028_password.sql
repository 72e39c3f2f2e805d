-- +goose Up

-- signin: passwords, each with a code that changes, and what an organisation has decided about them.
CREATE TABLE password (
    person_id   TEXT NOT NULL PRIMARY KEY REFERENCES person (id),
    hash        TEXT NOT NULL,
    -- The secret that the codes are worked out from, sealed.
    totp        BLOB NOT NULL,
    -- The half minute, counted from 1970, of the last code that was taken: no code is taken twice.
    last_step   INTEGER NOT NULL,
    set_at      TEXT NOT NULL,
    used_at     TEXT
) STRICT;

-- A password that waits for the first code.
CREATE TABLE password_draft (
    person_id   TEXT NOT NULL PRIMARY KEY REFERENCES person (id),
    hash        TEXT NOT NULL,
    totp        BLOB NOT NULL,
    ends_at     TEXT NOT NULL
) STRICT;

-- Codes kept on paper, each in the place of one changing code.
CREATE TABLE reserve_code (
    person_id   TEXT NOT NULL REFERENCES person (id),
    hash        BLOB NOT NULL,
    used_at     TEXT,
    PRIMARY KEY (person_id, hash)
) STRICT;

CREATE TABLE sign_in_rule (
    id              TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    password        TEXT NOT NULL CHECK (password IN ('allowed', 'forbidden')),
    happened_on     TEXT NOT NULL,
    recorded_at     TEXT NOT NULL,
    recorded_by     TEXT NOT NULL REFERENCES person (id),
    supersedes      TEXT UNIQUE REFERENCES sign_in_rule (id)
) STRICT;
CREATE INDEX sign_in_rule_by_organisation ON sign_in_rule (organisation_id, recorded_at);

-- +goose Down
DROP TABLE sign_in_rule;
DROP TABLE reserve_code;
DROP TABLE password_draft;
DROP TABLE password;
