-- +goose Up

-- signin: passwords, each with a code that changes, and what an organisation has decided about them.
CREATE TABLE password (
    person_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES person (id),
    hash        TEXT COLLATE "C" NOT NULL,
    -- The secret that the codes are worked out from, sealed.
    totp        BYTEA NOT NULL,
    -- The half minute, counted from 1970, of the last code that was taken: no code is taken twice.
    last_step   BIGINT NOT NULL,
    set_at      TEXT COLLATE "C" NOT NULL,
    used_at     TEXT COLLATE "C"
);

-- A password that waits for the first code.
CREATE TABLE password_draft (
    person_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES person (id),
    hash        TEXT COLLATE "C" NOT NULL,
    totp        BYTEA NOT NULL,
    ends_at     TEXT COLLATE "C" NOT NULL
);

-- Codes kept on paper, each in the place of one changing code.
CREATE TABLE reserve_code (
    person_id   TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    hash        BYTEA NOT NULL,
    used_at     TEXT COLLATE "C",
    PRIMARY KEY (person_id, hash)
);

CREATE TABLE sign_in_rule (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    password        TEXT COLLATE "C" NOT NULL CHECK (password IN ('allowed', 'forbidden')),
    happened_on     TEXT COLLATE "C" NOT NULL,
    recorded_at     TEXT COLLATE "C" NOT NULL,
    recorded_by     TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes      TEXT COLLATE "C" UNIQUE REFERENCES sign_in_rule (id)
);
CREATE INDEX sign_in_rule_by_organisation ON sign_in_rule (organisation_id, recorded_at);

-- +goose Down
DROP TABLE sign_in_rule;
DROP TABLE reserve_code;
DROP TABLE password_draft;
DROP TABLE password;
