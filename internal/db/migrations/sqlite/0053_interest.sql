-- +goose Up

-- recruitment: who has asked for a place in a group, and what was done about it. Who it is lies sealed in details.
CREATE TABLE interest (
    id            TEXT NOT NULL PRIMARY KEY,
    authority_id  TEXT NOT NULL REFERENCES authority (id),
    programme     TEXT NOT NULL,
    -- Who told us: the parent, a colleague elsewhere with the parent's consent, or a leader who took it down.
    source        TEXT NOT NULL CHECK (source IN ('self', 'referral', 'taken-down')),
    language      TEXT NOT NULL,
    interpreter   INTEGER NOT NULL CHECK (interpreter IN (0, 1)),
    protected     INTEGER NOT NULL CHECK (protected IN (0, 1)),
    details       BLOB NOT NULL,
    received_at   TEXT NOT NULL,
    erased_at     TEXT,
    -- A projection of the facts below: where it stands, how many there are, and what the last of them says.
    state         TEXT NOT NULL CHECK (state IN ('new', 'booked', 'talked', 'offered', 'waiting', 'joined', 'not-now')),
    facts         INTEGER NOT NULL,
    touched_at    TEXT NOT NULL,
    round_id      TEXT REFERENCES round (id),
    talk_on       TEXT,
    talk_starts   INTEGER,
    answer_by     TEXT,
    waits_since   TEXT
) STRICT;
CREATE INDEX interest_by_authority ON interest (authority_id, programme, state);
CREATE INDEX interest_by_round ON interest (round_id);
CREATE INDEX interest_by_touch ON interest (touched_at);

CREATE TABLE interest_fact (
    id              TEXT NOT NULL PRIMARY KEY,
    interest_id     TEXT NOT NULL REFERENCES interest (id),
    -- From 1. Two who do something at once meet here.
    number          INTEGER NOT NULL,
    fact            TEXT NOT NULL CHECK (fact IN ('received', 'booked', 'held', 'missed', 'offered', 'accepted', 'declined', 'queued', 'ended', 'reopened', 'erased')),
    state           TEXT NOT NULL,
    -- Why it was declined or ended, or what became of a talk: a word of the program's own.
    reason          TEXT,
    -- Of an offer: by what it was told.
    how             TEXT,
    round_id        TEXT REFERENCES round (id),
    -- Once: somebody becomes a participant by one acceptance alone.
    participant_id  TEXT UNIQUE REFERENCES participant (id),
    talk_on         TEXT,
    talk_starts     INTEGER,
    talk_by         TEXT REFERENCES person (id),
    answer_by       TEXT,
    -- Sealed with the interest's key: where the talk is, what was noted.
    place           BLOB,
    note            BLOB,
    -- The hash of the secret in the letter that leads to an offer.
    opens           BLOB,
    recorded_at     TEXT NOT NULL,
    recorded_by     TEXT REFERENCES person (id),
    UNIQUE (interest_id, number)
) STRICT;
CREATE INDEX interest_fact_by_round ON interest_fact (round_id);
CREATE INDEX interest_fact_by_secret ON interest_fact (opens);

-- How people reach those who answer for a programme's groups in a board, in the board's own words. The newest is in use.
CREATE TABLE interest_contact (
    id            TEXT NOT NULL PRIMARY KEY,
    authority_id  TEXT NOT NULL REFERENCES authority (id),
    programme     TEXT NOT NULL,
    body          TEXT NOT NULL,
    recorded_at   TEXT NOT NULL,
    recorded_by   TEXT NOT NULL REFERENCES person (id),
    supersedes    TEXT UNIQUE REFERENCES interest_contact (id)
) STRICT;
CREATE INDEX interest_contact_by_authority ON interest_contact (authority_id, programme);

-- +goose Down
DROP TABLE interest_contact;
DROP TABLE interest_fact;
DROP TABLE interest;
