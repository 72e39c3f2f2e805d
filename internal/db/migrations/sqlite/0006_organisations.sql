-- +goose Up

-- directory: where an organisation lies, what has happened to it, the words it is found by, what lies below it, and what is about to be
-- taken in. The day of closing is a projection of the facts, for lists.
ALTER TABLE organisation ADD COLUMN county TEXT;
ALTER TABLE organisation ADD COLUMN closed_on TEXT;
ALTER TABLE authority ADD COLUMN closed_on TEXT;

-- A team, a district or another part. It lies below another unit, a board, or the organisation itself.
CREATE TABLE unit (
    id              TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    authority_id    TEXT REFERENCES authority (id),
    parent_id       TEXT REFERENCES unit (id),
    name            TEXT NOT NULL,
    name_sort       BLOB NOT NULL,
    code            TEXT,
    closed_on       TEXT,
    created_at      TEXT NOT NULL
) STRICT;
CREATE INDEX unit_by_organisation ON unit (organisation_id, name_sort);
CREATE INDEX unit_by_parent ON unit (parent_id);
CREATE INDEX unit_by_authority ON unit (authority_id);

-- What has happened to an organisation, or to one of its boards or units. other_id is where something went, or where it came from.
CREATE TABLE organisation_fact (
    id              TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    authority_id    TEXT REFERENCES authority (id),
    unit_id         TEXT REFERENCES unit (id),
    fact            TEXT NOT NULL CHECK (fact IN ('renamed', 'corrected', 'closed', 'reopened', 'merged-into', 'split-from', 'moved')),
    other_id        TEXT REFERENCES organisation (id),
    name_before     TEXT,
    name_after      TEXT,
    happened_on     TEXT NOT NULL,
    recorded_at     TEXT NOT NULL,
    -- NULL for what the program itself did.
    recorded_by     TEXT REFERENCES person (id),
    supersedes      TEXT UNIQUE REFERENCES organisation_fact (id)
) STRICT;
CREATE INDEX organisation_fact_by_organisation ON organisation_fact (organisation_id, happened_on);
CREATE INDEX organisation_fact_by_other ON organisation_fact (other_id);
CREATE INDEX organisation_fact_by_authority ON organisation_fact (authority_id);

CREATE TABLE organisation_word (
    word            TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    PRIMARY KEY (word, organisation_id)
) STRICT;
CREATE INDEX organisation_word_by_organisation ON organisation_word (organisation_id, word);

-- A table that somebody has read in and not yet confirmed: kept until its end, used once.
CREATE TABLE import_draft (
    id              TEXT NOT NULL PRIMARY KEY,
    kind            TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    made_by         TEXT NOT NULL REFERENCES person (id),
    made_at         TEXT NOT NULL,
    ends_at         TEXT NOT NULL,
    used_at         TEXT,
    used_by         TEXT REFERENCES person (id),
    -- JSON; empty once it is used.
    body            TEXT NOT NULL
) STRICT;
CREATE INDEX import_draft_by_end ON import_draft (ends_at);

-- +goose Down
DROP TABLE import_draft;
DROP TABLE organisation_word;
DROP TABLE organisation_fact;
DROP TABLE unit;
ALTER TABLE authority DROP COLUMN closed_on;
ALTER TABLE organisation DROP COLUMN closed_on;
ALTER TABLE organisation DROP COLUMN county;
