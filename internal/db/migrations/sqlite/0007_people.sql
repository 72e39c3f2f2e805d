-- +goose Up

-- directory: what changes about a person, the words they are found by, roles with deputies and with who gave and ended them.
ALTER TABLE person ADD COLUMN phone TEXT;
-- The last day of somebody who has left; what happened when is in person_fact.
ALTER TABLE person ADD COLUMN left_on TEXT;
-- One who turned out to be the same as another keeps the row and the address, so that an old list still finds the right one.
ALTER TABLE person ADD COLUMN merged_into TEXT REFERENCES person (id);
CREATE INDEX person_by_name ON person (name_sort, id);
CREATE INDEX person_by_merged_into ON person (merged_into);

CREATE TABLE person_fact (
    id          TEXT NOT NULL PRIMARY KEY,
    person_id   TEXT NOT NULL REFERENCES person (id),
    fact        TEXT NOT NULL CHECK (fact IN ('renamed', 'address', 'phone', 'left', 'returned', 'merged')),
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    -- NULL for what the program itself did.
    recorded_by TEXT REFERENCES person (id),
    old_value   TEXT,
    new_value   TEXT
) STRICT;
CREATE INDEX person_fact_by_person ON person_fact (person_id, recorded_at);
CREATE INDEX person_fact_by_old_value ON person_fact (old_value, fact);

CREATE TABLE person_word (
    word        TEXT NOT NULL,
    person_id   TEXT NOT NULL REFERENCES person (id),
    PRIMARY KEY (word, person_id)
) STRICT;
CREATE INDEX person_word_by_person ON person_word (person_id);

-- A role is ended by its last day and never deleted. A deputy's role says whose it stands in for.
ALTER TABLE role ADD COLUMN deputy_for TEXT REFERENCES role (id);
ALTER TABLE role ADD COLUMN given_by TEXT REFERENCES person (id);
ALTER TABLE role ADD COLUMN given_at TEXT;
ALTER TABLE role ADD COLUMN ended_by TEXT REFERENCES person (id);
ALTER TABLE role ADD COLUMN ended_at TEXT;
ALTER TABLE role ADD COLUMN end_reason TEXT;
CREATE INDEX role_by_organisation ON role (organisation_id, role);
CREATE INDEX role_by_programme ON role (programme, person_id);
CREATE INDEX role_by_deputy_for ON role (deputy_for);

-- +goose Down
DROP INDEX role_by_deputy_for;
DROP INDEX role_by_programme;
DROP INDEX role_by_organisation;
ALTER TABLE role DROP COLUMN end_reason;
ALTER TABLE role DROP COLUMN ended_at;
ALTER TABLE role DROP COLUMN ended_by;
ALTER TABLE role DROP COLUMN given_at;
ALTER TABLE role DROP COLUMN given_by;
ALTER TABLE role DROP COLUMN deputy_for;
DROP TABLE person_word;
DROP TABLE person_fact;
DROP INDEX person_by_merged_into;
DROP INDEX person_by_name;
ALTER TABLE person DROP COLUMN merged_into;
ALTER TABLE person DROP COLUMN left_on;
ALTER TABLE person DROP COLUMN phone;
