-- +goose Up

-- consent: what somebody who is asked has answered, for a round as a whole or for one of its sessions. Who answers is a participant, or one of
-- those who lead; in a round that keeps counts only it is all who take part in a session together, and then neither is named. What an answer
-- is for, and how it was given, are words that the code checks, so that other purposes can follow. No text is kept, and no paper.
CREATE TABLE consent (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    round_id       TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    session_id     TEXT COLLATE "C" REFERENCES round_session (id),
    participant_id TEXT COLLATE "C" REFERENCES participant (id),
    person_id      TEXT COLLATE "C" REFERENCES person (id),
    purpose        TEXT COLLATE "C" NOT NULL,
    answer         TEXT COLLATE "C" NOT NULL CHECK (answer IN ('given', 'refused', 'withdrawn')),
    how            TEXT COLLATE "C" NOT NULL,
    language       TEXT COLLATE "C" NOT NULL,
    happened_on    TEXT COLLATE "C" NOT NULL,
    recorded_at    TEXT COLLATE "C" NOT NULL,
    recorded_by    TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes     TEXT COLLATE "C" UNIQUE REFERENCES consent (id),
    CHECK (participant_id IS NULL OR person_id IS NULL),
    CHECK (participant_id IS NOT NULL OR person_id IS NOT NULL OR session_id IS NOT NULL)
);
CREATE INDEX consent_by_round ON consent (round_id, purpose);
CREATE INDEX consent_by_participant ON consent (participant_id);
CREATE INDEX consent_by_person ON consent (person_id);

-- +goose Down
DROP TABLE consent;
