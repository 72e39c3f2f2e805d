-- +goose Up

-- audit: a part of an organisation's log by what was done, what was refused and what concerns one matter, from an index. What
-- narrows the last two is repeated in the queries that use them.
CREATE INDEX audit_entry_by_action ON audit_entry (organisation, action, at);
CREATE INDEX audit_entry_not_ok ON audit_entry (organisation, outcome, at) WHERE outcome <> 'ok';
CREATE INDEX audit_entry_by_purpose ON audit_entry (purpose, at) WHERE purpose <> '';

-- round: the figures of a programme, from an index alone.
CREATE INDEX round_by_programme ON round (programme, variant, ended_how, first_on, last_on, participants);

-- oversight: a log reviewer asks somebody why they looked. What both write is sealed, with the question's own key.
CREATE TABLE log_question (
    id              TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    -- Of the reviewer's role: NULL for the whole organisation.
    authority_id    TEXT REFERENCES authority (id),
    about           TEXT NOT NULL REFERENCES person (id),
    asked_by        TEXT NOT NULL REFERENCES person (id),
    asked_at        TEXT NOT NULL,
    due_on          TEXT NOT NULL,
    reason          TEXT NOT NULL,
    words           BLOB NOT NULL
) STRICT;
CREATE INDEX log_question_by_organisation ON log_question (organisation_id, asked_at);
CREATE INDEX log_question_by_person ON log_question (about, asked_at);

-- No reference to audit_entry, as in the chain: that an entry is gone must be possible to see.
CREATE TABLE log_question_entry (
    question_id TEXT NOT NULL REFERENCES log_question (id),
    entry_id    TEXT NOT NULL,
    PRIMARY KEY (question_id, entry_id)
) STRICT;
CREATE INDEX log_question_entry_by_entry ON log_question_entry (entry_id);

-- What became of a question: it was answered, accepted, or is followed up. Rows are only ever added, and the latest one counts.
CREATE TABLE log_question_fact (
    id          TEXT NOT NULL PRIMARY KEY,
    question_id TEXT NOT NULL REFERENCES log_question (id),
    fact        TEXT NOT NULL CHECK (fact IN ('answered', 'accepted', 'follow-up')),
    reason      TEXT,
    words       BLOB,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    supersedes  TEXT UNIQUE REFERENCES log_question_fact (id)
) STRICT;
CREATE INDEX log_question_fact_by_question ON log_question_fact (question_id);

-- +goose Down
DROP TABLE log_question_fact;
DROP TABLE log_question_entry;
DROP TABLE log_question;
DROP INDEX round_by_programme;
DROP INDEX audit_entry_by_purpose;
DROP INDEX audit_entry_not_ok;
DROP INDEX audit_entry_by_action;
