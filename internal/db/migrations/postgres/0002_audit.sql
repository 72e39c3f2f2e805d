-- +goose Up

-- audit: what was done and looked at. Ids and words of the program, never contents; '' where there is nothing to tell.
-- found is a JSON array of ids, total how many there were; mac covers every other column.
CREATE TABLE audit_entry (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at              TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    role            TEXT COLLATE "C" NOT NULL,
    organisation    TEXT COLLATE "C" NOT NULL,
    purpose         TEXT COLLATE "C" NOT NULL,
    action          TEXT COLLATE "C" NOT NULL,
    subject         TEXT COLLATE "C" NOT NULL,
    outcome         TEXT COLLATE "C" NOT NULL,
    request_id      TEXT COLLATE "C" NOT NULL,
    total           BIGINT NOT NULL,
    found           TEXT COLLATE "C" NOT NULL,
    mac             BYTEA NOT NULL
);
CREATE INDEX audit_entry_by_organisation ON audit_entry (organisation, at);
CREATE INDEX audit_entry_by_actor ON audit_entry (actor, at);
CREATE INDEX audit_entry_by_subject ON audit_entry (subject, at);

-- An entry's place in its organisation's chain. No reference to audit_entry: that an entry is gone must be possible to see.
CREATE TABLE audit_chain (
    organisation    TEXT COLLATE "C" NOT NULL,
    seq             BIGINT NOT NULL,
    entry_id        TEXT COLLATE "C" NOT NULL UNIQUE,
    mac             BYTEA NOT NULL,
    PRIMARY KEY (organisation, seq)
);

-- Entries that the sequencer has yet to chain.
CREATE TABLE audit_unchained (
    entry_id        TEXT COLLATE "C" NOT NULL PRIMARY KEY
);

-- +goose StatementBegin
CREATE FUNCTION audit_entry_unchained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unchained (entry_id) VALUES (NEW.id);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_entry_unchained AFTER INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_unchained();

-- Which of several instances chains.
CREATE TABLE audit_lease (
    name            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder          TEXT COLLATE "C" NOT NULL,
    ends_at         TEXT COLLATE "C" NOT NULL
);

-- +goose Down
DROP TABLE audit_lease;
DROP TABLE audit_unchained;
DROP TABLE audit_chain;
DROP TABLE audit_entry;
DROP FUNCTION audit_entry_unchained();
