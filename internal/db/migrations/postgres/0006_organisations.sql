-- +goose Up

-- directory: where an organisation lies, what has happened to it, the words it is found by, what lies below it, and what is about to be
-- taken in. The day of closing is a projection of the facts, for lists.
ALTER TABLE organisation ADD COLUMN county TEXT COLLATE "C";
ALTER TABLE organisation ADD COLUMN closed_on TEXT COLLATE "C";
ALTER TABLE authority ADD COLUMN closed_on TEXT COLLATE "C";

-- A team, a district or another part. It lies below another unit, a board, or the organisation itself.
CREATE TABLE unit (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    authority_id    TEXT COLLATE "C" REFERENCES authority (id),
    parent_id       TEXT COLLATE "C" REFERENCES unit (id),
    name            TEXT COLLATE "C" NOT NULL,
    name_sort       BYTEA NOT NULL,
    code            TEXT COLLATE "C",
    closed_on       TEXT COLLATE "C",
    created_at      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX unit_by_organisation ON unit (organisation_id, name_sort);
CREATE INDEX unit_by_parent ON unit (parent_id);
CREATE INDEX unit_by_authority ON unit (authority_id);

-- What has happened to an organisation, or to one of its boards or units. other_id is where something went, or where it came from.
CREATE TABLE organisation_fact (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    authority_id    TEXT COLLATE "C" REFERENCES authority (id),
    unit_id         TEXT COLLATE "C" REFERENCES unit (id),
    fact            TEXT COLLATE "C" NOT NULL CHECK (fact IN ('renamed', 'corrected', 'closed', 'reopened', 'merged-into', 'split-from', 'moved')),
    other_id        TEXT COLLATE "C" REFERENCES organisation (id),
    name_before     TEXT COLLATE "C",
    name_after      TEXT COLLATE "C",
    happened_on     TEXT COLLATE "C" NOT NULL,
    recorded_at     TEXT COLLATE "C" NOT NULL,
    -- NULL for what the program itself did.
    recorded_by     TEXT COLLATE "C" REFERENCES person (id),
    supersedes      TEXT COLLATE "C" UNIQUE REFERENCES organisation_fact (id)
);
CREATE INDEX organisation_fact_by_organisation ON organisation_fact (organisation_id, happened_on);
CREATE INDEX organisation_fact_by_other ON organisation_fact (other_id);
CREATE INDEX organisation_fact_by_authority ON organisation_fact (authority_id);

CREATE TABLE organisation_word (
    word            TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    PRIMARY KEY (word, organisation_id)
);
CREATE INDEX organisation_word_by_organisation ON organisation_word (organisation_id, word);

-- A table that somebody has read in and not yet confirmed: kept until its end, used once.
CREATE TABLE import_draft (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind            TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    made_by         TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    made_at         TEXT COLLATE "C" NOT NULL,
    ends_at         TEXT COLLATE "C" NOT NULL,
    used_at         TEXT COLLATE "C",
    used_by         TEXT COLLATE "C" REFERENCES person (id),
    -- JSON; empty once it is used.
    body            TEXT COLLATE "C" NOT NULL
);
CREATE INDEX import_draft_by_end ON import_draft (ends_at);

-- +goose Down
DROP TABLE import_draft;
DROP TABLE organisation_word;
DROP TABLE organisation_fact;
DROP TABLE unit;
ALTER TABLE authority DROP COLUMN closed_on;
ALTER TABLE organisation DROP COLUMN closed_on;
ALTER TABLE organisation DROP COLUMN county;
