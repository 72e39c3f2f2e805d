-- +goose Up

-- recruitment: who has asked for a place in a group, and what was done about it. Who it is lies sealed in details.
CREATE TABLE interest (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    authority_id  TEXT COLLATE "C" NOT NULL REFERENCES authority (id),
    programme     TEXT COLLATE "C" NOT NULL,
    -- Who told us: the parent, a colleague elsewhere with the parent's consent, or a leader who took it down.
    source        TEXT COLLATE "C" NOT NULL CHECK (source IN ('self', 'referral', 'taken-down')),
    language      TEXT COLLATE "C" NOT NULL,
    interpreter   INTEGER NOT NULL CHECK (interpreter IN (0, 1)),
    protected     INTEGER NOT NULL CHECK (protected IN (0, 1)),
    details       BYTEA NOT NULL,
    received_at   TEXT COLLATE "C" NOT NULL,
    erased_at     TEXT COLLATE "C",
    -- A projection of the facts below: where it stands, how many there are, and what the last of them says.
    state         TEXT COLLATE "C" NOT NULL CHECK (state IN ('new', 'booked', 'talked', 'offered', 'waiting', 'joined', 'not-now')),
    facts         INTEGER NOT NULL,
    touched_at    TEXT COLLATE "C" NOT NULL,
    round_id      TEXT COLLATE "C" REFERENCES round (id),
    talk_on       TEXT COLLATE "C",
    talk_starts   INTEGER,
    answer_by     TEXT COLLATE "C",
    waits_since   TEXT COLLATE "C"
);
CREATE INDEX interest_by_authority ON interest (authority_id, programme, state);
CREATE INDEX interest_by_round ON interest (round_id);
CREATE INDEX interest_by_touch ON interest (touched_at);

CREATE TABLE interest_fact (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    interest_id     TEXT COLLATE "C" NOT NULL REFERENCES interest (id),
    -- From 1. Two who do something at once meet here.
    number          INTEGER NOT NULL,
    fact            TEXT COLLATE "C" NOT NULL CHECK (fact IN ('received', 'booked', 'held', 'missed', 'offered', 'accepted', 'declined', 'queued', 'ended', 'reopened', 'erased')),
    state           TEXT COLLATE "C" NOT NULL,
    -- Why it was declined or ended, or what became of a talk: a word of the program's own.
    reason          TEXT COLLATE "C",
    -- Of an offer: by what it was told.
    how             TEXT COLLATE "C",
    round_id        TEXT COLLATE "C" REFERENCES round (id),
    -- Once: somebody becomes a participant by one acceptance alone.
    participant_id  TEXT COLLATE "C" UNIQUE REFERENCES participant (id),
    talk_on         TEXT COLLATE "C",
    talk_starts     INTEGER,
    talk_by         TEXT COLLATE "C" REFERENCES person (id),
    answer_by       TEXT COLLATE "C",
    -- Sealed with the interest's key: where the talk is, what was noted.
    place           BYTEA,
    note            BYTEA,
    -- The hash of the secret in the letter that leads to an offer.
    opens           BYTEA,
    recorded_at     TEXT COLLATE "C" NOT NULL,
    recorded_by     TEXT COLLATE "C" REFERENCES person (id),
    UNIQUE (interest_id, number)
);
CREATE INDEX interest_fact_by_round ON interest_fact (round_id);
CREATE INDEX interest_fact_by_secret ON interest_fact (opens);

-- How people reach those who answer for a programme's groups in a board, in the board's own words. The newest is in use.
CREATE TABLE interest_contact (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    authority_id  TEXT COLLATE "C" NOT NULL REFERENCES authority (id),
    programme     TEXT COLLATE "C" NOT NULL,
    body          TEXT COLLATE "C" NOT NULL,
    recorded_at   TEXT COLLATE "C" NOT NULL,
    recorded_by   TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes    TEXT COLLATE "C" UNIQUE REFERENCES interest_contact (id)
);
CREATE INDEX interest_contact_by_authority ON interest_contact (authority_id, programme);

-- +goose Down
DROP TABLE interest_contact;
DROP TABLE interest_fact;
DROP TABLE interest;
