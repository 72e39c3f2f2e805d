-- +goose Up

-- audit: how many looks there are, when and by whom they were made and how many they showed, from this index alone; and what was refused, the
-- newest first.
DROP INDEX audit_entry_by_action;
DROP INDEX audit_entry_not_ok;
CREATE INDEX audit_entry_by_action ON audit_entry (organisation, action, at, id, outcome, actor, purpose, total);
CREATE INDEX audit_entry_not_ok ON audit_entry (organisation, at, id, outcome) WHERE outcome <> 'ok';

-- +goose Down
DROP INDEX audit_entry_not_ok;
DROP INDEX audit_entry_by_action;
CREATE INDEX audit_entry_not_ok ON audit_entry (organisation, outcome, at) WHERE outcome <> 'ok';
CREATE INDEX audit_entry_by_action ON audit_entry (organisation, action, at);
