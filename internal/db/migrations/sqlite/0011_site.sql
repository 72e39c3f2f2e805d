-- +goose Up

-- site: the house's own texts, each save a version of its own; what is filled into them; and what people write to the house.
CREATE TABLE site_text (
    text        TEXT NOT NULL CHECK (text IN ('accessibility', 'privacy', 'cookies', 'contact')),
    language    TEXT NOT NULL,
    -- Counted from 1 in each text and language, so that of two who save at once one is told.
    number      INTEGER NOT NULL,
    -- NULL: the text that ships with the program holds again.
    body        TEXT,
    -- The version that was taken up again; NULL when the text was written. 0 is the shipped one.
    again       INTEGER,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    PRIMARY KEY (text, language, number)
) STRICT;

CREATE TABLE site_particulars (
    number       INTEGER NOT NULL PRIMARY KEY,
    organisation TEXT,
    email        TEXT,
    phone        TEXT,
    post         TEXT,
    officer      TEXT,
    reviewed_on  TEXT,
    recorded_at  TEXT NOT NULL,
    recorded_by  TEXT NOT NULL REFERENCES person (id)
) STRICT;

CREATE TABLE feedback (
    id          TEXT NOT NULL PRIMARY KEY,
    -- What the sender is told and may refer to; opens nothing.
    reference   TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('barrier', 'format', 'fault', 'idea', 'personal-data')),
    -- The page it is about, without query and secrets.
    page        TEXT,
    language    TEXT NOT NULL,
    -- Sealed: people write anything.
    body        BLOB NOT NULL,
    contact     BLOB,
    received_at TEXT NOT NULL,
    -- For lists: what the last fact says, since when.
    state       TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    state_at    TEXT NOT NULL
) STRICT;
CREATE INDEX feedback_by_state ON feedback (state, state_at);

CREATE TABLE feedback_fact (
    id          TEXT NOT NULL PRIMARY KEY,
    feedback_id TEXT NOT NULL REFERENCES feedback (id),
    fact        TEXT NOT NULL CHECK (fact IN ('answered', 'closed', 'reopened')),
    -- How an answer was given; NULL for other facts.
    how         TEXT,
    -- The answer, sealed as the feedback is.
    answer      BLOB,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id)
) STRICT;
CREATE INDEX feedback_fact_by_feedback ON feedback_fact (feedback_id, recorded_at);

-- +goose Down
DROP TABLE feedback_fact;
DROP TABLE feedback;
DROP TABLE site_particulars;
DROP TABLE site_text;
