-- +goose Up

-- audit: what was done and looked at. Ids and words of the program, never contents; '' where there is nothing to tell.
-- found is a JSON array of ids, total how many there were; mac covers every other column.
CREATE TABLE audit_entry (
    id              TEXT NOT NULL PRIMARY KEY,
    at              TEXT NOT NULL,
    actor           TEXT NOT NULL,
    role            TEXT NOT NULL,
    organisation    TEXT NOT NULL,
    purpose         TEXT NOT NULL,
    action          TEXT NOT NULL,
    subject         TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    request_id      TEXT NOT NULL,
    total           INTEGER NOT NULL,
    found           TEXT NOT NULL,
    mac             BLOB NOT NULL
) STRICT;
CREATE INDEX audit_entry_by_organisation ON audit_entry (organisation, at);
CREATE INDEX audit_entry_by_actor ON audit_entry (actor, at);
CREATE INDEX audit_entry_by_subject ON audit_entry (subject, at);

-- An entry's place in its organisation's chain. No reference to audit_entry: that an entry is gone must be possible to see.
CREATE TABLE audit_chain (
    organisation    TEXT NOT NULL,
    seq             INTEGER NOT NULL,
    entry_id        TEXT NOT NULL UNIQUE,
    mac             BLOB NOT NULL,
    PRIMARY KEY (organisation, seq)
) STRICT, WITHOUT ROWID;

-- Entries that the sequencer has yet to chain.
CREATE TABLE audit_unchained (
    entry_id        TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER audit_entry_unchained AFTER INSERT ON audit_entry
BEGIN
    INSERT INTO audit_unchained (entry_id) VALUES (NEW.id);
END;
-- +goose StatementEnd

-- Which of several instances chains.
CREATE TABLE audit_lease (
    name            TEXT NOT NULL PRIMARY KEY,
    holder          TEXT NOT NULL,
    ends_at         TEXT NOT NULL
) STRICT;

-- +goose Down
DROP TABLE audit_lease;
DROP TRIGGER audit_entry_unchained;
DROP TABLE audit_unchained;
DROP TABLE audit_chain;
DROP TABLE audit_entry;
