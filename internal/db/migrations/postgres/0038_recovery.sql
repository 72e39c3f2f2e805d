-- +goose Up

-- signin: somebody who has lost every way in asks two colleagues to vouch for them.
CREATE TABLE recovery (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    person_id       TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    -- Whose people may help: of the role that the person worked in last.
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    authority_id    TEXT COLLATE "C" REFERENCES authority (id),
    -- A hub whose people may help too, where the organisation has fewer than two.
    hub_id          TEXT COLLATE "C" REFERENCES organisation (id),
    asked_at        TEXT COLLATE "C" NOT NULL,
    ends_at         TEXT COLLATE "C" NOT NULL,
    refused_at      TEXT COLLATE "C",
    refused_by      TEXT COLLATE "C" REFERENCES person (id),
    -- What the link carries that two approvals give, and until when it opens.
    hash            BYTEA UNIQUE,
    link_ends_at    TEXT COLLATE "C",
    used_at         TEXT COLLATE "C"
);
CREATE INDEX recovery_by_person ON recovery (person_id, asked_at);
CREATE INDEX recovery_by_organisation ON recovery (organisation_id, ends_at);
CREATE INDEX recovery_by_hub ON recovery (hub_id, ends_at);

CREATE TABLE recovery_approval (
    recovery_id TEXT COLLATE "C" NOT NULL REFERENCES recovery (id),
    person_id   TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    approved_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (recovery_id, person_id)
);

-- +goose Down
DROP TABLE recovery_approval;
DROP TABLE recovery;
