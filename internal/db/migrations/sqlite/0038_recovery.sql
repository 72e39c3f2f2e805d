-- +goose Up

-- signin: somebody who has lost every way in asks two colleagues to vouch for them.
CREATE TABLE recovery (
    id              TEXT NOT NULL PRIMARY KEY,
    person_id       TEXT NOT NULL REFERENCES person (id),
    -- Whose people may help: of the role that the person worked in last.
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    authority_id    TEXT REFERENCES authority (id),
    -- A hub whose people may help too, where the organisation has fewer than two.
    hub_id          TEXT REFERENCES organisation (id),
    asked_at        TEXT NOT NULL,
    ends_at         TEXT NOT NULL,
    refused_at      TEXT,
    refused_by      TEXT REFERENCES person (id),
    -- What the link carries that two approvals give, and until when it opens.
    hash            BLOB UNIQUE,
    link_ends_at    TEXT,
    used_at         TEXT
) STRICT;
CREATE INDEX recovery_by_person ON recovery (person_id, asked_at);
CREATE INDEX recovery_by_organisation ON recovery (organisation_id, ends_at);
CREATE INDEX recovery_by_hub ON recovery (hub_id, ends_at);

CREATE TABLE recovery_approval (
    recovery_id TEXT NOT NULL REFERENCES recovery (id),
    person_id   TEXT NOT NULL REFERENCES person (id),
    approved_at TEXT NOT NULL,
    PRIMARY KEY (recovery_id, person_id)
) STRICT;

-- +goose Down
DROP TABLE recovery_approval;
DROP TABLE recovery;
