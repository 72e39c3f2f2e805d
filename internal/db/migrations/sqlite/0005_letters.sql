-- +goose Up

-- jobs: what is to be done later. The table is the library goqite's own (v0.4.0), less a trigger that nothing here needs: its types
-- differ between the engines, and only it reads and writes it.
CREATE TABLE goqite (
    id          TEXT NOT NULL PRIMARY KEY DEFAULT ('m_' || lower(hex(randomblob(16)))),
    created     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
    updated     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
    queue       TEXT NOT NULL,
    body        BLOB NOT NULL,
    timeout     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
    received    INTEGER NOT NULL DEFAULT 0,
    priority    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX goqite_by_queue ON goqite (queue, priority DESC, created);

-- mail: letters to people. What tells who a parent is stands in none of it, and no link's secret.
CREATE TABLE letter (
    id              TEXT NOT NULL PRIMARY KEY,
    template        TEXT NOT NULL,
    way             TEXT NOT NULL CHECK (way IN ('email', 'sms')),
    address         TEXT NOT NULL,
    person_id       TEXT REFERENCES person (id),
    name            TEXT NOT NULL,
    language        TEXT NOT NULL,
    organisation_id TEXT REFERENCES organisation (id),
    authority_id    TEXT REFERENCES authority (id),
    hub_id          TEXT REFERENCES organisation (id),
    -- Values for the words, a JSON object of texts.
    args            TEXT NOT NULL,
    link_path       TEXT NOT NULL,
    link_purpose    TEXT NOT NULL,
    link_id         TEXT NOT NULL,
    -- A second letter with the same is not written.
    once            TEXT UNIQUE,
    created_at      TEXT NOT NULL,
    -- What the events say, for lists: the state now, when it began, how often it has been handed over.
    state           TEXT NOT NULL CHECK (state IN ('queued', 'handing-over', 'sent', 'failed', 'uncertain', 'dropped')),
    changed_at      TEXT NOT NULL,
    tries           INTEGER NOT NULL,
    -- The handing-over that is under way, or was the last: only it may say how it went.
    attempt         TEXT,
    -- The words as they were handed over, with a mark in the link's place.
    subject         TEXT,
    body            TEXT
) STRICT;
CREATE INDEX letter_by_hub ON letter (hub_id, created_at, id);
CREATE INDEX letter_by_organisation ON letter (organisation_id, created_at, id);
CREATE INDEX letter_by_authority ON letter (authority_id, created_at, id);
CREATE INDEX letter_by_state ON letter (state, changed_at);

CREATE TABLE letter_word (
    word        TEXT NOT NULL,
    letter_id   TEXT NOT NULL REFERENCES letter (id),
    PRIMARY KEY (word, letter_id)
) STRICT;
CREATE INDEX letter_word_by_letter ON letter_word (letter_id, word);

-- What became of a letter, in the order it happened. Rows are only ever added.
CREATE TABLE letter_event (
    id          TEXT NOT NULL PRIMARY KEY,
    letter_id   TEXT NOT NULL REFERENCES letter (id),
    what        TEXT NOT NULL CHECK (what IN ('queued', 'handing-over', 'later', 'sent', 'failed', 'uncertain', 'again', 'dropped')),
    recorded_at TEXT NOT NULL,
    -- Who did it; NULL for the program itself.
    recorded_by TEXT REFERENCES person (id),
    attempt     TEXT,
    -- Which instance of the program.
    instance    TEXT,
    -- What the other end answered, or why there was no answer.
    answer      TEXT NOT NULL
) STRICT;
CREATE INDEX letter_event_by_letter ON letter_event (letter_id, id);

-- mail: a hub's own words of a letter. The last row counts; 'house' goes back to the house's words. Rows are only ever added.
CREATE TABLE wording (
    id          TEXT NOT NULL PRIMARY KEY,
    hub_id      TEXT NOT NULL REFERENCES organisation (id),
    template    TEXT NOT NULL,
    language    TEXT NOT NULL,
    fact        TEXT NOT NULL CHECK (fact IN ('hub', 'house')),
    subject     TEXT NOT NULL,
    body        TEXT NOT NULL,
    sms         TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES wording (id)
) STRICT;
CREATE INDEX wording_by_template ON wording (hub_id, template, language, id);
CREATE UNIQUE INDEX wording_first ON wording (hub_id, template, language) WHERE supersedes IS NULL;

-- +goose Down
DROP TABLE wording;
DROP TABLE letter_event;
DROP TABLE letter_word;
DROP TABLE letter;
DROP TABLE goqite;
