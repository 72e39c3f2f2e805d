-- +goose Up

-- round: the daily work. What a plan says beyond its dates, who takes part with whom, who came, and what the hub has been told.
ALTER TABLE round ADD COLUMN kind TEXT COLLATE "C" NOT NULL DEFAULT 'group';
-- Where a digital round meets; empty for one that meets in a room.
ALTER TABLE round ADD COLUMN link TEXT COLLATE "C" NOT NULL DEFAULT '';
-- Who pays for the interpreter: organiser, hub or municipality; empty when there is none.
ALTER TABLE round ADD COLUMN interpreter TEXT COLLATE "C" NOT NULL DEFAULT '';
-- How attendance is kept: named, pseudonymous or counts. A round keeps what was decided when it was planned.
ALTER TABLE round ADD COLUMN attendance TEXT COLLATE "C" NOT NULL DEFAULT 'named' CHECK (attendance IN ('named', 'pseudonymous', 'counts'));
-- A projection: the day on which the hub was told of the round.
ALTER TABLE round ADD COLUMN notified_on TEXT COLLATE "C";
ALTER TABLE round_fact ADD COLUMN reason TEXT COLLATE "C";

CREATE TABLE round_notified (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    round_id    TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    happened_on TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES person (id)
);
CREATE INDEX round_notified_by_round ON round_notified (round_id);

-- How many take part in a round that keeps counts only.
CREATE TABLE group_size (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    round_id    TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    count       INTEGER NOT NULL CHECK (count BETWEEN 0 AND 1000),
    happened_on TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    supersedes  TEXT COLLATE "C" UNIQUE REFERENCES group_size (id)
);
CREATE INDEX group_size_by_round ON group_size (round_id);

-- The place of one session alone; empty for the round's.
ALTER TABLE round_session ADD COLUMN place TEXT COLLATE "C" NOT NULL DEFAULT '';

-- A session that was moved: round_session has the plan as it stands, this what it was.
CREATE TABLE session_move (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    session_id  TEXT COLLATE "C" NOT NULL REFERENCES round_session (id),
    from_date   TEXT COLLATE "C" NOT NULL,
    from_starts INTEGER NOT NULL,
    to_date     TEXT COLLATE "C" NOT NULL,
    to_starts   INTEGER NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL REFERENCES person (id)
);
CREATE INDEX session_move_by_session ON session_move (session_id);

-- A household only groups those who care for one child together.
CREATE TABLE household (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    round_id    TEXT COLLATE "C" NOT NULL REFERENCES round (id),
    created_at  TEXT COLLATE "C" NOT NULL,
    created_by  TEXT COLLATE "C" REFERENCES person (id)
);
CREATE INDEX household_by_round ON household (round_id);

CREATE TABLE child (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    household_id    TEXT COLLATE "C" NOT NULL REFERENCES household (id),
    -- In years, on the day it was told.
    age             INTEGER NOT NULL CHECK (age BETWEEN 0 AND 25),
    told_on         TEXT COLLATE "C" NOT NULL,
    created_at      TEXT COLLATE "C" NOT NULL,
    created_by      TEXT COLLATE "C" REFERENCES person (id)
);
CREATE INDEX child_by_household ON child (household_id);

ALTER TABLE participant ADD COLUMN household_id TEXT COLLATE "C" REFERENCES household (id);
-- Of one who learns, the person; what is sealed is then empty, for names of staff are open.
ALTER TABLE participant ADD COLUMN person_id TEXT COLLATE "C" REFERENCES person (id);
ALTER TABLE participant ADD COLUMN interpreter INTEGER NOT NULL DEFAULT 0 CHECK (interpreter IN (0, 1));
-- Has protected identity: no address, no letter.
ALTER TABLE participant ADD COLUMN protected INTEGER NOT NULL DEFAULT 0 CHECK (protected IN (0, 1));
CREATE INDEX participant_by_household ON participant (household_id);
CREATE INDEX participant_by_person ON participant (person_id, round_id);

CREATE TABLE participant_fact (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    participant_id  TEXT COLLATE "C" NOT NULL REFERENCES participant (id),
    fact            TEXT COLLATE "C" NOT NULL CHECK (fact IN ('changed', 'left', 'returned', 'moved')),
    reason          TEXT COLLATE "C" NOT NULL,
    -- Of one who moved: the participant in the other round.
    other_id        TEXT COLLATE "C" REFERENCES participant (id),
    happened_on     TEXT COLLATE "C" NOT NULL,
    recorded_at     TEXT COLLATE "C" NOT NULL,
    recorded_by     TEXT COLLATE "C" NOT NULL REFERENCES person (id)
);
CREATE INDEX participant_fact_by_participant ON participant_fact (participant_id, recorded_at);
CREATE INDEX participant_fact_by_other ON participant_fact (other_id);

-- Who came to a session. A mark supersedes the one before it; the device that ticked gave it a request of its own, so that what is sent
-- twice is stored once.
CREATE TABLE attendance (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    session_id      TEXT COLLATE "C" NOT NULL REFERENCES round_session (id),
    participant_id  TEXT COLLATE "C" NOT NULL REFERENCES participant (id),
    mark            TEXT COLLATE "C" NOT NULL CHECK (mark IN ('present', 'late', 'told', 'absent', 'made-up', 'unknown')),
    happened_on     TEXT COLLATE "C" NOT NULL,
    recorded_at     TEXT COLLATE "C" NOT NULL,
    recorded_by     TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    request         TEXT COLLATE "C" NOT NULL UNIQUE,
    supersedes      TEXT COLLATE "C" UNIQUE REFERENCES attendance (id)
);
CREATE INDEX attendance_by_session ON attendance (session_id, participant_id);
CREATE INDEX attendance_by_participant ON attendance (participant_id);

-- How many came, where no names are kept.
CREATE TABLE attendance_count (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    session_id      TEXT COLLATE "C" NOT NULL REFERENCES round_session (id),
    present         INTEGER NOT NULL CHECK (present BETWEEN 0 AND 1000),
    happened_on     TEXT COLLATE "C" NOT NULL,
    recorded_at     TEXT COLLATE "C" NOT NULL,
    recorded_by     TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    request         TEXT COLLATE "C" NOT NULL UNIQUE,
    supersedes      TEXT COLLATE "C" UNIQUE REFERENCES attendance_count (id)
);
CREATE INDEX attendance_count_by_session ON attendance_count (session_id);

-- +goose Down
DROP TABLE attendance_count;
DROP TABLE attendance;
DROP TABLE participant_fact;
DROP INDEX participant_by_person;
DROP INDEX participant_by_household;
ALTER TABLE participant DROP COLUMN protected;
ALTER TABLE participant DROP COLUMN interpreter;
ALTER TABLE participant DROP COLUMN person_id;
ALTER TABLE participant DROP COLUMN household_id;
DROP TABLE child;
DROP TABLE household;
DROP TABLE session_move;
ALTER TABLE round_session DROP COLUMN place;
DROP TABLE group_size;
DROP TABLE round_notified;
ALTER TABLE round_fact DROP COLUMN reason;
ALTER TABLE round DROP COLUMN notified_on;
ALTER TABLE round DROP COLUMN attendance;
ALTER TABLE round DROP COLUMN interpreter;
ALTER TABLE round DROP COLUMN link;
ALTER TABLE round DROP COLUMN kind;
